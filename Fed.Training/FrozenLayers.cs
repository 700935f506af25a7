using Fed.Core.IO;
using Fed.Core.Models;
using Fed.Training.Managed;

namespace Fed.Training;

/// <summary>
/// The front of a model with its parameters: makes of samples what the head takes in. On one thread without native
/// code, so that one build and machine give the same bits whichever trainer trains the head.
/// </summary>
public sealed class FrozenLayers
{
    /// <summary>Values that a set of samples may become: 2^29 - 1, two gigabytes.</summary>
    public const int MostValues = int.MaxValue / sizeof(float);

    private const int Chunk = 32;

    private readonly float[] _parameters;

    /// <param name="sha256">Of the parameters' safetensors file.</param>
    /// <param name="parameters">In the order of <see cref="ModelSplit.Frozen"/>.</param>
    /// <exception cref="InvalidDataException">Another number of them, or one that is not finite.</exception>
    public FrozenLayers(ModelSplit split, string sha256, float[] parameters)
    {
        if (parameters.Length != split.Frozen.ParameterCount)
        {
            throw new InvalidDataException(
                $"the extractor has {parameters.Length} parameters; the frozen layers need "
                + $"{split.Frozen.ParameterCount}");
        }

        var wrong = Array.FindIndex(parameters, value => !float.IsFinite(value));
        if (wrong >= 0)
        {
            throw new InvalidDataException(
                $"parameter {wrong} of the extractor is {parameters[wrong]}; all must be finite: train it again");
        }

        (Split, _parameters, Head) = (split, parameters, split.Head(sha256));
    }

    public ModelSplit Split { get; }

    /// <summary>The whole model.</summary>
    public ModelSpecification Model => Split.Model;

    /// <summary>What is trained behind them.</summary>
    public ModelSpecification Head { get; }

    /// <param name="file">The extractor's safetensors file, whose bytes have that hash.</param>
    /// <exception cref="InvalidDataException">No such file, of other layers, or with values that are not finite.
    /// </exception>
    public static FrozenLayers Read(IRandomReader file, ModelSplit split, string sha256)
    {
        var layout = SafetensorsHeader.Read(file).Layout;
        return layout.Hash == split.Frozen.Hash
            ? new FrozenLayers(split, sha256, Safetensors.ReadParameters(file, layout))
            : throw new InvalidDataException(
                $"extractor {sha256} does not fit the frozen layers: {layout.DifferenceFrom(split.Frozen)}");
    }

    /// <summary>What the layers give for each sample, dropout off.</summary>
    /// <param name="data">Samples of the whole model's input shape.</param>
    /// <returns>Samples of the head's input shape, in the same order, of 4 bytes a value; beside them memory for 32
    /// samples' passage is needed.</returns>
    /// <exception cref="ArgumentException">Another shape, more than <see cref="MostValues"/>, or values that come out
    /// not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two chunks.</exception>
    public SampleSet Apply(SampleSet data, CancellationToken cancellationToken)
    {
        if (!data.Shape.SequenceEqual(Model.Input))
        {
            throw new ArgumentException(
                $"the data have shape [{string.Join(',', data.Shape)}]; model '{Model.Name}' takes "
                + $"[{string.Join(',', Model.Input)}]");
        }

        var network = new Network(Model, Split.Depth);
        if ((long)data.Count * network.Outputs > MostValues)
        {
            throw new ArgumentException(
                $"{data.Count} samples become {(long)data.Count * network.Outputs} values behind the frozen layers, "
                + $"more than {MostValues}; freeze layers up to one that gives fewer values, or use fewer samples");
        }

        var features = new float[data.Count * network.Outputs];
        for (var start = 0; start < data.Count; start += Chunk)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(Chunk, data.Count - start);
            network.Forward(
                _parameters,
                data.Inputs.AsSpan(start * data.SampleLength, count * data.SampleLength),
                count,
                training: false).CopyTo(features.AsSpan(start * network.Outputs));
        }

        var wrong = Array.FindIndex(features, value => !float.IsFinite(value));
        if (wrong >= 0)
        {
            throw new ArgumentException(
                $"the frozen layers make {features[wrong]} of sample {wrong / network.Outputs}: their extractor "
                + $"{Head.Layout.Extractor} is of other inputs, or its training has gone wrong; tell the steward");
        }

        return new SampleSet(Head.Input, data.Classes, features, data.Labels);
    }

    /// <summary>The whole model's vector.</summary>
    /// <param name="head">The head's, in layout order.</param>
    public float[] Join(ReadOnlySpan<float> head) => [.. _parameters, .. head];
}
