using System.Numerics.Tensors;

namespace Fed.Core.Codecs.Dense;

/// <summary>
/// Puts groups of values on integers -levels..levels times a scale of their own. With a seed, rounding is stochastic:
/// up
/// with the probability that makes the mean exact (QSGD, Alistarh 2017, section 3.1); without, half to even.
/// </summary>
internal struct GroupQuantiser(int levels, ulong? seed)
{
    private readonly bool _stochastic = seed is not null;
    private CounterRandom _random = new(seed ?? 0);

    /// <summary>Largest magnitude / levels, never above it; writes the integers.</summary>
    public float Quantise(ReadOnlySpan<float> group, Span<sbyte> integers)
    {
        var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(group));
        var scale = largest / levels;
        // Rounded up, the scale would decode a value at the federation's bound to one beyond it: refused.
        if (scale * levels > largest)
            scale = MathF.BitDecrement(scale);
        // A scale of 0 (or one so small that its reciprocal overflows) means: all zero.
        var inverse = 1 / scale;
        if (!float.IsFinite(inverse))
        {
            integers[..group.Length].Clear();
            return scale;
        }

        for (var i = 0; i < group.Length; i++)
        {
            var rounded = _stochastic
                ? Math.Floor((double)group[i] / scale + _random.NextDouble())
                : MathF.Round(group[i] * inverse, MidpointRounding.ToEven);
            integers[i] = (sbyte)Math.Clamp(rounded, -levels, levels);
        }

        return scale;
    }
}
