namespace Fed.MediaQc.Fashion;

/// <summary>
/// The non-IID split of McMahan et al. 2017, section 3: sort by label, cut into equal shards, give each participant the
/// same number of shards at random, so that most see two classes only.
/// </summary>
public static class ShardSplit
{
    /// <param name="labels">Label of each example; their number must be a multiple of participants x shards.</param>
    /// <param name="participants">At least 1; 100 in the paper.</param>
    /// <param name="shardsEach">At least 1; 2 in the paper, of 300 examples.</param>
    /// <param name="seed">Of the shards' permutation.</param>
    /// <returns>For each participant the indices of its examples.</returns>
    /// <exception cref="ArgumentException">The examples cannot be cut into equal shards.</exception>
    public static int[][] Create(ReadOnlySpan<byte> labels, int participants, int shardsEach, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(shardsEach, 1);
        var shards = participants * shardsEach;
        if (labels.Length == 0 || labels.Length % shards != 0)
            throw new ArgumentException($"{labels.Length} examples cannot be cut into {shards} equal shards");
        var keys = labels.ToArray();
        int[] sorted = [.. Enumerable.Range(0, labels.Length).OrderBy(i => keys[i])];
        var order = Enumerable.Range(0, shards).ToArray();
        new Random(seed).Shuffle(order);
        var size = labels.Length / shards;
        return
        [
            .. order.Chunk(shardsEach).Select(own =>
                own.SelectMany(shard => sorted.Skip(shard * size).Take(size)).ToArray()),
        ];
    }
}
