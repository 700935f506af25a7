using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fed.Core.Aggregation;

/// <summary>
/// The integer grid of design section 4: a delta D becomes q = round-half-to-even(D 2^f), |D| at most the bound, so
/// that
/// sums of integer-weighted deltas are exact in 64 bits, in any order.
/// </summary>
/// <param name="FractionalBits">f, 0 to 30.</param>
/// <param name="Bound">Largest magnitude, above 0; bound 2^f must not exceed 2^30.</param>
public readonly record struct Grid(int FractionalBits, float Bound)
{
    public const int MaxFractionalBits = 30;

    /// <summary>bound 2^f at most this, so that every q fits in 32 bits and its product with a weight in 64.</summary>
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

    /// <summary>sums += weight * q(values). Values must be on the grid, weight in 0 to 2^31 - 1.</summary>
    public void Accumulate(ReadOnlySpan<float> values, long weight, Span<long> sums)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, int.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Length, values.Length);
        var scale = Scale;
        var i = 0;
        if (Avx2.IsSupported)
        {
            // vcvtps2dq rounds half to even; vpmuldq multiplies 32-bit integers to 64 bits: both exact.
            var scales = Vector256.Create(scale);
            var weights = Vector256.Create(weight).AsInt32();
            for (; i <= values.Length - 8; i += 8)
            {
                var q = Avx.ConvertToVector256Int32(Vector256.Create(values.Slice(i, 8)) * scales);
                var (low, high) = Vector256.Widen(q);
                var target = sums.Slice(i, 8);
                (Vector256.Create<long>(target) + Avx2.Multiply(low.AsInt32(), weights)).CopyTo(target);
                var upper = target[4..];
                (Vector256.Create<long>(upper) + Avx2.Multiply(high.AsInt32(), weights)).CopyTo(upper);
            }
        }

        for (; i < values.Length; i++)
            sums[i] += weight * (long)MathF.Round(values[i] * scale, MidpointRounding.ToEven);
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
