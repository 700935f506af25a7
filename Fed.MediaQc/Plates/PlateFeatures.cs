using Fed.MediaQc.Features;

namespace Fed.MediaQc.Plates;

/// <summary>Stored windows as model inputs: mean 0, standard deviation 1.</summary>
public sealed class PlateFeatures : IFeatures
{
    public const string Name = "plate-v1";

    public static IReadOnlyList<int> StoredShape { get; } = [1, PlateWindow.Height, PlateWindow.Width];

    public string Key => Name;

    public IReadOnlyList<int> OutputShape(IReadOnlyList<int> stored) =>
        stored.SequenceEqual(StoredShape)
            ? stored
            : throw new ArgumentException(
                $"{Name} needs windows of [{string.Join(',', StoredShape)}], not [{string.Join(',', stored)}]");

    public void Extract(ReadOnlySpan<byte> patch, IReadOnlyList<int> stored, Span<float> output)
    {
        for (var i = 0; i < PlateWindow.Length; i++)
            output[i] = (patch[i] - PlateWindow.Centre) * (1f / PlateWindow.Spread);
    }
}
