using Fed.Core;

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

/// <summary>
/// The factors of inverted dropout (Srivastava 2014): 0 with the rate's probability, else 1 / (1 - rate). Every trainer
/// takes them from here, so that the same seed drops the same values.
/// </summary>
internal sealed class DropoutMask(double rate)
{
    private readonly float _scale = (float)(1 / (1 - rate));
    private SplitMix64 _random;

    /// <param name="seed">Of the training call.</param>
    /// <param name="layer">Index of the layer.</param>
    public void Reseed(int seed, int layer) => _random = new SplitMix64(((ulong)(uint)seed << 32) + (ulong)layer);

    public void Fill(Span<float> factors)
    {
        foreach (ref var factor in factors)
            factor = _random.NextDouble() < rate ? 0 : _scale;
    }
}
