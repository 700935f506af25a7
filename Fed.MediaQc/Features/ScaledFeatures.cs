namespace Fed.MediaQc.Features;

/// <summary>Pixels from 0..255 to 0..1, nothing else.</summary>
public sealed class ScaledFeatures : IFeatures
{
    public const string Name = "scaled";

    public string Key => Name;

    public IReadOnlyList<int> OutputShape(IReadOnlyList<int> stored) => stored;

    public void Extract(ReadOnlySpan<byte> patch, IReadOnlyList<int> stored, Span<float> output)
    {
        for (var i = 0; i < patch.Length; i++)
            output[i] = patch[i] / 255f;
    }
}
