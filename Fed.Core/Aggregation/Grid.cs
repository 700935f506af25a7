using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fed.Core.Aggregation;

/// <summary>
/// The integer grid of design section 4: a delta D becomes q = round-half-to-even(D 2^f), |D| at most the bound, so
/// that sums of integer-weighted deltas are exact in 64 bits, in any order.
/// </summary>
/// <param name="FractionalBits">f, 0 to 30.</param>
/// <param name="Bound">Largest magnitude, above 0; bound 2^f must not exceed 2^30.</param>
public readonly record struct Grid(int FractionalBits, float Bound)
{
    public const int MaxFractionalBits = 30;

    /// <summary>bound 2^f at most this, so that every q fits in 32 bits and its product with a factor in 64.</summary>
    public const double MaxMagnitude = 1 << 30;

    /// <summary>2^f, exact in float32.</summary>
    public float Scale => (float)(1L << FractionalBits);

    /// <summary>2^-f, exact.</summary>
    public double Step => 1.0 / (1L << FractionalBits);

    /// <summary>Index of the first value that is not finite or beyond the bound; -1 when all are on the grid.</summary>
    public int FirstOutside(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty || MathF.Abs(TensorPrimitives.MaxMagnitude(values)) <= Bound)
            return -1;
        for (var i = 0; i < values.Length; i++)
        {
            if (!(MathF.Abs(values[i]) <= Bound))
                return i;
        }

        return -1;
    }

    /// <summary>Half to even. <paramref name="scaled"/> is a value on the grid times 2^f, at most 2^30.</summary>
    internal static int Round(float scaled) => Sse.IsSupported
        ? Sse.ConvertToInt32(Vector128.CreateScalarUnsafe(scaled))
        : (int)MathF.Round(scaled, MidpointRounding.ToEven);

    /// <summary>sums += factor * q(values). Values must be on the grid, factor in 0 to 2^31 - 1.</summary>
    public void Accumulate(ReadOnlySpan<float> values, long factor, Span<long> sums)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(factor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(factor, int.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Length, values.Length);
        var scale = Scale;
        var i = 0;
        if (Avx2.IsSupported)
        {
            // vcvtps2dq rounds half to even; vpmuldq multiplies 32-bit integers to 64 bits: both exact.
            var scales = Vector256.Create(scale);
            var factors = Vector256.Create(factor).AsInt32();
            for (; i <= values.Length - 8; i += 8)
            {
                var q = Avx.ConvertToVector256Int32(Vector256.Create(values.Slice(i, 8)) * scales);
                var (low, high) = Vector256.Widen(q);
                var target = sums.Slice(i, 8);
                (Vector256.Create<long>(target) + Avx2.Multiply(low.AsInt32(), factors)).CopyTo(target);
                var upper = target[4..];
                (Vector256.Create<long>(upper) + Avx2.Multiply(high.AsInt32(), factors)).CopyTo(upper);
            }
        }

        for (; i < values.Length; i++)
            sums[i] += factor * (long)MathF.Round(values[i] * scale, MidpointRounding.ToEven);
    }

    /// <exception cref="ArgumentException">A property is outside its range; the message names the remedy.</exception>
    public void Validate()
    {
        if (FractionalBits is < 0 or > MaxFractionalBits)
            throw new ArgumentException($"fractionalBits is {FractionalBits}; it must be 0 to {MaxFractionalBits}");
        if (!(Bound > 0) || !float.IsFinite(Bound))
            throw new ArgumentException($"bound is {Bound}; it must be a finite number above 0");
        if (Bound * (double)Scale > MaxMagnitude)
        {
            throw new ArgumentException(
                $"bound {Bound} x 2^{FractionalBits} exceeds 2^30; lower fractionalBits or bound");
        }
    }
}

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

/// <summary>Proof, before a federation is accepted, that no sum can overflow 64 bits.</summary>
/// <param name="Grid">Bound and fractional bits.</param>
/// <param name="MaxWeight">Largest integer weight of one contribution.</param>
/// <param name="ClusterGoal">Most contributions that one cluster fold takes.</param>
/// <param name="GlobalGoal">Most cluster aggregates that one global fold takes.</param>
public sealed record AggregationBudget(Grid Grid, long MaxWeight, int ClusterGoal, int GlobalGoal)
{
    /// <summary>
    /// bound 2^f x weight x K of the clusters x 2^8 (global staleness weight) x K of the global tier.
    /// </summary>
    public BigInteger LargestSum =>
        new BigInteger(Math.Ceiling(Grid.Bound * (double)Grid.Scale))
        * MaxWeight * ClusterGoal * IntegerWeight.One * GlobalGoal;

    /// <exception cref="ArgumentException">The largest sum does not fit; the message says what to lower.</exception>
    public void Validate()
    {
        Grid.Validate();
        if (MaxWeight is < 1 or > int.MaxValue)
            throw new ArgumentException($"the largest weight is {MaxWeight}; it must be 1 to {int.MaxValue}");
        // A goal below 1 would make the product small, or negative, and so let any setting pass.
        if (ClusterGoal < 1)
            throw new ArgumentException($"the cluster tier's goal is {ClusterGoal}; it must be at least 1");
        if (GlobalGoal < 1)
            throw new ArgumentException($"the global tier's goal is {GlobalGoal}; it must be at least 1");
        if (LargestSum <= long.MaxValue)
            return;
        throw new ArgumentException(
            $"sums could reach {LargestSum}, beyond 2^63: {FewerBits()}lower bound ({Grid.Bound}), exampleCap "
            + $"({MaxWeight >> IntegerWeight.FractionalBits}) or a tier's goal ({ClusterGoal} and {GlobalGoal})");
    }

    /// <summary>The most fractional bits that fit, as advice; empty when no number of them would.</summary>
    private string FewerBits()
    {
        for (var bits = Grid.FractionalBits - 1; bits >= 0; bits--)
        {
            if ((this with { Grid = Grid with { FractionalBits = bits } }).LargestSum <= long.MaxValue)
                return $"lower fractionalBits ({Grid.FractionalBits}) to {bits}, or ";
        }

        return "";
    }
}
