namespace Fed.Core.Codecs.Dense;

/// <summary>What every fixed-rate codec checks first.</summary>
internal static class DenseChecks
{
    /// <exception cref="InvalidDataException">Another length than that many values have.</exception>
    public static void RequireLength(string codec, ReadOnlySpan<byte> encoded, int count, int expected)
    {
        if (encoded.Length == expected)
            return;
        var article = codec.StartsWith('i') ? "an" : "a";
        throw new InvalidDataException(
            $"{article} {codec} block of {count} values has {expected} bytes, not {encoded.Length}");
    }

    /// <exception cref="InvalidDataException">A scale that is not finite, or negative.</exception>
    public static void RequireScale(string codec, float scale)
    {
        if (!(scale >= 0) || !float.IsFinite(scale))
        {
            var article = codec.StartsWith('i') ? "an" : "a";
            throw new InvalidDataException($"{article} {codec} scale is {scale}; scales are finite and not negative");
        }
    }
}
