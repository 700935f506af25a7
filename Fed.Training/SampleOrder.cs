namespace Fed.Training;

/// <summary>The order in which a training call sees its samples; the same for every trainer, given the seed.</summary>
internal sealed class SampleOrder(int count, TrainingSettings settings)
{
    private readonly int[] _order = [.. Enumerable.Range(0, count)];
    private SplitMix64 _random = new((ulong)(uint)settings.Seed);

    /// <summary>Called at the start of every epoch.</summary>
    public void Shuffle() => _random.Shuffle(_order);

    /// <summary>All of the epoch; <see cref="Batch"/> is a part of it.</summary>
    public ReadOnlySpan<int> All => _order;

    /// <summary>The minibatch from <paramref name="start"/> on; the last of an epoch may be shorter.</summary>
    public ReadOnlySpan<int> Batch(int start) =>
        _order.AsSpan(start, Math.Min(settings.BatchSize, _order.Length - start));
}
