using System.Numerics;
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
