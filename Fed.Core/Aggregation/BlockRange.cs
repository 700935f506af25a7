namespace Fed.Core.Aggregation;

/// <summary>Consecutive blocks, as one of several workers takes them.</summary>
/// <param name="First">Index of the first block.</param>
/// <param name="Count">Number of blocks; may be 0.</param>
public readonly record struct BlockRange(int First, int Count)
{
    public int End => First + Count;

    /// <summary>Cuts so many blocks into parts of equal size, give or take one block, in order.</summary>
    /// <param name="parts">At least 1; more parts than blocks leave some empty.</param>
    public static BlockRange[] Split(int blocks, int parts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(blocks);
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        var ranges = new BlockRange[parts];
        for (var i = 0; i < parts; i++)
        {
            var first = (int)((long)blocks * i / parts);
            ranges[i] = new BlockRange(first, (int)((long)blocks * (i + 1) / parts) - first);
        }

        return ranges;
    }
}
