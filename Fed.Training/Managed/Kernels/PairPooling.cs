using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fed.Training.Managed.Kernels;

/// <summary>
/// Pooling of 2 x 2 squares in planes with an even number of rows, each a whole number of vectors long: two vectors of
/// a pair of rows give one of the output. Each method returns how many outputs it has done; an odd vector is left over.
/// </summary>
internal static class PairPooling
{
    private static int Lanes => Vector<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Average(ReadOnlySpan<float> input, int width, Span<float> output)
    {
        var count = Outputs(input.Length);
        var quarter = new Vector<float>(0.25f);
        for (var i = 0; i < count; i += Lanes)
        {
            var (one, two) = (Top(2 * i, width), Top(2 * i + Lanes, width));
            var first = Load(input, one) + Load(input, one + width);
            var second = Load(input, two) + Load(input, two + width);
            ((Pairs.Even(first, second) + Pairs.Odd(first, second)) * quarter).CopyTo(output[i..]);
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Maximum(ReadOnlySpan<float> input, int width, Span<float> output)
    {
        var count = Outputs(input.Length);
        for (var i = 0; i < count; i += Lanes)
        {
            var (one, two) = (Top(2 * i, width), Top(2 * i + Lanes, width));
            var first = Vector.Max(Load(input, one), Load(input, one + width));
            var second = Vector.Max(Load(input, two), Load(input, two + width));
            Vector.Max(Pairs.Even(first, second), Pairs.Odd(first, second)).CopyTo(output[i..]);
        }

        return count;
    }

    /// <summary>The inverse of <see cref="Average"/>: a quarter of the gradient to each of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int SpreadAverage(ReadOnlySpan<float> outputGradient, int width, Span<float> inputGradient)
    {
        var count = Outputs(inputGradient.Length);
        var quarter = new Vector<float>(0.25f);
        for (var i = 0; i < count; i += Lanes)
        {
            var share = Load(outputGradient, i) * quarter;
            Pairs.Join(share, share, out var first, out var second);
            var (one, two) = (Top(2 * i, width), Top(2 * i + Lanes, width));
            first.CopyTo(inputGradient[one..]);
            first.CopyTo(inputGradient[(one + width)..]);
            second.CopyTo(inputGradient[two..]);
            second.CopyTo(inputGradient[(two + width)..]);
        }

        return count;
    }

    /// <summary>The gradient goes to the first of the four that is the maximum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int SpreadMaximum(
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> output,
        ReadOnlySpan<float> outputGradient,
        int width,
        Span<float> inputGradient)
    {
        var count = Outputs(inputGradient.Length);
        for (var i = 0; i < count; i += Lanes)
        {
            var maximum = Load(output, i);
            var gradient = Load(outputGradient, i);
            var (one, two) = (Top(2 * i, width), Top(2 * i + Lanes, width));
            var (topFirst, topSecond) = (Load(input, one), Load(input, two));
            var (lowFirst, lowSecond) = (Load(input, one + width), Load(input, two + width));
            var a = Take(Pairs.Even(topFirst, topSecond), maximum, ref gradient);
            var b = Take(Pairs.Odd(topFirst, topSecond), maximum, ref gradient);
            var c = Take(Pairs.Even(lowFirst, lowSecond), maximum, ref gradient);
            var d = Take(Pairs.Odd(lowFirst, lowSecond), maximum, ref gradient);
            Pairs.Join(a, b, out topFirst, out topSecond);
            Pairs.Join(c, d, out lowFirst, out lowSecond);
            topFirst.CopyTo(inputGradient[one..]);
            topSecond.CopyTo(inputGradient[two..]);
            lowFirst.CopyTo(inputGradient[(one + width)..]);
            lowSecond.CopyTo(inputGradient[(two + width)..]);
        }

        return count;
    }

    /// <summary>Where the value is the maximum, takes the gradient and leaves zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Take(Vector<float> value, Vector<float> maximum, ref Vector<float> gradient)
    {
        var wins = Vector.Equals(value, maximum);
        var taken = Vector.ConditionalSelect(wins, gradient, Vector<float>.Zero);
        gradient = Vector.ConditionalSelect(wins, Vector<float>.Zero, gradient);
        return taken;
    }

    private static int Outputs(int inputs) => inputs / 4 / Lanes * Lanes;

    /// <summary>Place of a vector's upper row, for a vector's place in the upper rows alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Top(int place, int width) => place + place / width * width;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Load(ReadOnlySpan<float> values, int at) => new(values[at..]);
}
