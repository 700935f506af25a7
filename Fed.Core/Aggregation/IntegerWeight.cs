using Fed.Core.Staleness;

namespace Fed.Core.Aggregation;

/// <summary>Weights as integers with 8 fractional bits (design section 4).</summary>
public static class IntegerWeight
{
    public const int FractionalBits = 8;

    /// <summary>The weight 1.</summary>
    public const long One = 1 << FractionalBits;

    /// <summary>The largest example cap: cap x One stays below 2^31.</summary>
    public const int MaxExampleCap = 1 << 22;

    /// <summary>
    /// W = round-half-to-even(min(examples, cap) s(t) 2^8). Fresh contributions have s(0) = 1, exactly.
    /// </summary>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="cap">1 to <see cref="MaxExampleCap"/>.</param>
    /// <param name="staleness">t, at least 0.</param>
    public static long Of(long examples, int cap, IStalenessFunction function, long staleness)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(cap, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cap, MaxExampleCap);
        ArgumentOutOfRangeException.ThrowIfNegative(staleness);
        var scaled = Math.Min(examples, cap) * function.Weight(staleness) * One;
        return (long)Math.Round(scaled, MidpointRounding.ToEven);
    }
}
