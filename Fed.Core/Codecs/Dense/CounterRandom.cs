namespace Fed.Core.Codecs.Dense;

/// <summary>SplitMix64 (Steele 2014): the same numbers from the same seed on every machine and version.</summary>
internal struct CounterRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble()
    {
        var z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ z >> 30) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ z >> 27) * 0x94D0_49BB_1331_11EB;
        return ((z ^ z >> 31) >> 11) * (1.0 / (1UL << 53));
    }
}
