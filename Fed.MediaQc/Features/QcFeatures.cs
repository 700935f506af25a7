using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Features;

/// <summary>The stored maps of <see cref="RegionFeatures"/> as model inputs: fixed centre and scale each.</summary>
public sealed class QcFeatures : IFeatures
{
    public const string Name = "qc-v2";

    // So that every map has about unit variance over typical content.
    private static readonly (float Centre, float Scale)[] s_units =
    [
        (60, 40), (60, 40), (60, 45), (60, 45), (60, 80), (128, 25), (85, 45), (110, 55), (120, 60),
        (50, 35), (50, 35), (128, 14), (128, 14), (128, 20), (110, 50), (128, 40),
    ];

    public static IReadOnlyList<int> StoredShape { get; } =
        [RegionFeatures.Maps, RegionFeatures.Side, RegionFeatures.Side];

    public string Key => Name;

    public IReadOnlyList<int> OutputShape(IReadOnlyList<int> stored) =>
        stored.SequenceEqual(StoredShape)
            ? stored
            : throw new ArgumentException(
                $"{Name} needs maps of [{string.Join(',', StoredShape)}], not [{string.Join(',', stored)}]");

    public void Extract(ReadOnlySpan<byte> patch, IReadOnlyList<int> stored, Span<float> output)
    {
        for (var i = 0; i < RegionFeatures.Length; i++)
        {
            var (centre, scale) = s_units[i / RegionFeatures.Map];
            output[i] = (patch[i] - centre) / scale;
        }
    }
}
