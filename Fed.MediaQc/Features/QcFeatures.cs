namespace Fed.MediaQc.Features;

/// <summary>
/// Three frames of luma to what an artifact detector needs: the picture without its mean, its high-pass, and the two
/// frame differences, the last three compressed so that one level still counts beside a strong edge.
/// </summary>
public sealed class QcFeatures : IFeatures
{
    public const string Name = "qc-v1";

    public string Key => Name;

    public IReadOnlyList<int> OutputShape(IReadOnlyList<int> stored) =>
        stored is [3, >= 8, >= 8]
            ? [4, stored[1], stored[2]]
            : throw new ArgumentException($"{Name} needs 3 frames of at least 8x8, not [{string.Join(',', stored)}]");

    public void Extract(ReadOnlySpan<byte> patch, IReadOnlyList<int> stored, Span<float> output)
    {
        int height = stored[1], width = stored[2], plane = height * width;
        ReadOnlySpan<byte> before = patch[..plane], now = patch.Slice(plane, plane), after = patch[(2 * plane)..];
        double mean = 0;
        foreach (var value in now)
            mean += value;
        mean /= plane;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var at = y * width + x;
                int left = now[at - (x > 0 ? 1 : 0)], right = now[at + (x < width - 1 ? 1 : 0)];
                int up = now[at - (y > 0 ? width : 0)], down = now[at + (y < height - 1 ? width : 0)];
                output[at] = (float)(now[at] - mean) / 64f;
                output[plane + at] = Compress(4 * now[at] - left - right - up - down);
                output[2 * plane + at] = Compress(now[at] - before[at]);
                output[3 * plane + at] = Compress(after[at] - now[at]);
            }
        }
    }

    /// <summary>sign(d) log2(1 + |d|) / 4.</summary>
    private static float Compress(int difference) =>
        MathF.CopySign(MathF.Log2(1 + Math.Abs(difference)) / 4, difference);
}
