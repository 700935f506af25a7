using System.Numerics.Tensors;

namespace Fed.Training.Managed.Layers;

internal sealed class DropoutLayer(int length, double rate) : ILayer
{
    private readonly DropoutMask _mask = new(rate);
    private float[] _factors = [];

    public int InputLength => length;

    public int OutputLength => length;

    public int ParameterCount => 0;

    /// <inheritdoc cref="DropoutMask.Reseed"/>
    public void Reseed(int seed, int layer) => _mask.Reseed(seed, layer);

    public void Forward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, int batch, bool training)
    {
        var count = batch * length;
        if (!training)
        {
            input[..count].CopyTo(output);
            return;
        }

        if (_factors.Length < count)
            _factors = new float[count];
        _mask.Fill(_factors.AsSpan(0, count));
        TensorPrimitives.Multiply(input[..count], _factors.AsSpan(0, count), output);
    }

    public void Backward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> output,
        ReadOnlySpan<float> outputGradient,
        Span<float> inputGradient,
        Span<float> parameterGradient,
        int batch)
    {
        if (inputGradient.IsEmpty)
            return;
        var count = batch * length;
        TensorPrimitives.Multiply(outputGradient[..count], _factors.AsSpan(0, count), inputGradient);
    }
}
