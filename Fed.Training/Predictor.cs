using System.Numerics.Tensors;
using Fed.Training.Managed;

namespace Fed.Training;

/// <summary>
/// A trained model at work, without native code. Not for use from several threads at once: it keeps its work space.
/// </summary>
public sealed class Predictor
{
    private const int Chunk = 32;

    private readonly Network _network;
    private readonly float[] _parameters;
    private readonly int _length;

    /// <param name="parameters">The flat vector in layout order; copied.</param>
    /// <exception cref="ArgumentException">Their number is not the model's.</exception>
    public Predictor(ModelSpecification model, ReadOnlySpan<float> parameters)
    {
        if (parameters.Length != model.Layout.ParameterCount)
        {
            throw new ArgumentException(
                $"{parameters.Length} parameters given; model '{model.Name}' has {model.Layout.ParameterCount}");
        }

        _network = new Network(model);
        _parameters = parameters.ToArray();
        _length = model.Input.Aggregate(1, (product, side) => product * side);
        Classes = model.Classes;
    }

    public int Classes { get; }

    /// <summary>Values of one sample.</summary>
    public int InputLength => _length;

    /// <param name="inputs">Sample after sample.</param>
    /// <param name="probabilities">samples x classes; overwritten.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public void Predict(ReadOnlySpan<float> inputs, Span<float> probabilities)
    {
        var samples = inputs.Length / _length;
        if (inputs.Length % _length != 0 || probabilities.Length != samples * Classes)
        {
            throw new ArgumentException(
                $"{inputs.Length} values and room for {probabilities.Length} probabilities; a sample has {_length} "
                + $"values and {Classes} classes");
        }

        for (var start = 0; start < samples; start += Chunk)
        {
            var count = Math.Min(Chunk, samples - start);
            var logits = _network.Forward(
                _parameters, inputs.Slice(start * _length, count * _length), count, training: false);
            for (var i = 0; i < count; i++)
            {
                TensorPrimitives.SoftMax(
                    logits.Slice(i * Classes, Classes), probabilities.Slice((start + i) * Classes, Classes));
            }
        }
    }
}
