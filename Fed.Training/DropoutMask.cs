namespace Fed.Training;

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
