using Fed.Core.Blocks;

namespace Fed.Core.Robust;

/// <summary>
/// Puts updates in one canonical order, that of their hashes, so that no result depends on who arrived first.
/// </summary>
internal static class InputOrder
{
    /// <exception cref="ArgumentException">No input, updates beside partial aggregates, or mixed layouts.</exception>
    public static RobustInput[] Canonical(IReadOnlyList<RobustInput> inputs)
    {
        if (inputs.Count == 0)
            throw new ArgumentException("updates is 0; a robust rule needs at least 1: wait for contributions");
        var first = inputs[0].File.Header;
        foreach (var input in inputs)
        {
            RequireLike(first, input.File.Header);
            ArgumentOutOfRangeException.ThrowIfNegative(input.Factor);
            ArgumentOutOfRangeException.ThrowIfNegative(input.Weight);
        }

        if (!inputs.Any(input => input.Weight > 0))
            throw new ArgumentException("the total weight is 0; at least one update must have a weight above 0");
        return [.. inputs
            .OrderBy(input => input.Hash, StringComparer.Ordinal)
            .ThenBy(input => input.Factor)
            .ThenBy(input => input.Weight)];
    }

    /// <exception cref="ArgumentException">The two cannot stand in one aggregate.</exception>
    public static void RequireLike(BlockFileHeader first, BlockFileHeader other)
    {
        if (other.Kind != first.Kind)
        {
            throw new ArgumentException(
                "a robust rule compares updates with updates or partial aggregates with partial aggregates, not one "
                + "with the other");
        }

        if (other.Dimension != first.Dimension || other.BlockLength != first.BlockLength
            || other.LayoutHash != first.LayoutHash)
        {
            throw new ArgumentException(
                $"mixed layouts: {other.LayoutHash} ({other.Dimension} parameters) and {first.LayoutHash} "
                + $"({first.Dimension}); updates of one aggregate must share one layout");
        }
    }
}
