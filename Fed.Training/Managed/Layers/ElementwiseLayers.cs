using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Fed.Training.Managed.Layers;

internal sealed class ReluLayer(int length) : ILayer
{
    public int InputLength => length;

    public int OutputLength => length;

    public int ParameterCount => 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, int batch, bool training)
    {
        var count = batch * length;
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            Vector.Max(new Vector<float>(input[i..]), Vector<float>.Zero).CopyTo(output[i..]);
        for (; i < count; i++)
            output[i] = Math.Max(input[i], 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var open = Vector.GreaterThan(new Vector<float>(output[i..]), Vector<float>.Zero);
            Vector.ConditionalSelect(open, new Vector<float>(outputGradient[i..]), Vector<float>.Zero)
                .CopyTo(inputGradient[i..]);
        }

        for (; i < count; i++)
            inputGradient[i] = output[i] > 0 ? outputGradient[i] : 0;
    }
}

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
