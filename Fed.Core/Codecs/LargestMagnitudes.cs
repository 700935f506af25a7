namespace Fed.Core.Codecs;

/// <summary>
/// Chooses the k values of largest magnitude of a vector, the earlier one where magnitudes are equal; zeros are never
/// chosen. A few passes over the bits of the magnitudes (a radix select): exact, in linear time, without a copy.
/// </summary>
internal struct LargestMagnitudes
{
    private const uint MagnitudeBits = 0x7FFF_FFFF;

    private readonly uint _threshold;
    private long _tiesLeft;

    /// <param name="vector">Finite.</param>
    /// <param name="k">At least 1.</param>
    public LargestMagnitudes(ReadOnlySpan<float> vector, long k)
    {
        // Two passes for a whole model; of a short vector the counts of 16 bits would cost far more than the passes.
        var digitBits = vector.Length < 1 << 16 ? 8 : 16;
        var counts = new long[1 << digitBits];
        var left = k;
        for (var shift = 32 - digitBits; shift >= 0; shift -= digitBits)
        {
            Array.Clear(counts);
            foreach (var value in vector)
            {
                // As a ulong: in the first pass there is nothing above the digit.
                var digits = (ulong)Magnitude(value) >> shift;
                if (digits >> digitBits == _threshold)
                    counts[(int)digits & (counts.Length - 1)]++;
            }

            _threshold = _threshold << digitBits | Descend(counts, ref left);
        }

        _tiesLeft = left;
    }

    /// <summary>True for the values to send, when asked for each value of the vector in order.</summary>
    public bool Takes(float value)
    {
        var magnitude = Magnitude(value);
        return magnitude > _threshold || (magnitude == _threshold && magnitude != 0 && _tiesLeft-- > 0);
    }

    private static uint Magnitude(float value) => BitConverter.SingleToUInt32Bits(value) & MagnitudeBits;

    /// <summary>The bin in which the k-th largest lies; what remains of k are the places in that bin.</summary>
    private static uint Descend(long[] counts, ref long k)
    {
        var bin = counts.Length - 1;
        for (; bin > 0 && counts[bin] < k; bin--)
            k -= counts[bin];
        return (uint)bin;
    }
}

/// <summary>How many values a density means.</summary>
internal static class Densities
{
    /// <summary>One value in a hundred, unless a setting says otherwise.</summary>
    public const double Usual = 0.01;

    /// <summary>ceil(density x count), at least 1 of a vector that is not empty.</summary>
    public static long Count(double density, long count) => Math.Min(count, (long)Math.Ceiling(density * count));
}
