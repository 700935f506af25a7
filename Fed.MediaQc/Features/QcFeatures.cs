namespace Fed.MediaQc.Features;

/// <summary>
/// Three frames of luma to 14 maps of 8x8 that an artifact detector needs. Cell maps keep the place: the mean over
/// cells of 4x4 pixels. Phase maps keep the place within the 8-pixel coding grid: the mean over the 16 grid cells of
/// the patch, as no-reference blockiness measures do (Wang, Bovik, Evans 2000). Differences d count as log2(1+|d|)/4,
/// so that one level still counts beside a strong edge. docs/data.md lists the maps.
/// </summary>
public sealed class QcFeatures : IFeatures
{
    public const string Name = "qc-v1";

    private const int Side = 32;
    private const int Plane = Side * Side;
    private const int Map = 64;
    private const int Maps = 14;

    private static readonly float[] Logs = [.. Enumerable.Range(0, 1021).Select(d => MathF.Log2(1 + d) / 4)];

    public string Key => Name;

    public IReadOnlyList<int> OutputShape(IReadOnlyList<int> stored) =>
        stored is [3, Side, Side]
            ? [Maps, 8, 8]
            : throw new ArgumentException(
                $"{Name} needs patches of [3,{Side},{Side}], not [{string.Join(',', stored)}]");

    public void Extract(ReadOnlySpan<byte> patch, IReadOnlyList<int> stored, Span<float> output)
    {
        output.Clear();
        for (var frame = 0; frame < 3; frame++)
        {
            var luma = patch.Slice(frame * Plane, Plane);
            AddSecondDifferences(luma, output[(frame * Map)..], output[((3 + frame) * Map)..]);
            AddSteps(luma, output[(10 * Map)..]);
        }

        AddMotion(patch, patch[Plane..], output[(6 * Map)..]);
        AddMotion(patch[Plane..], patch[(2 * Plane)..], output[(7 * Map)..]);
        AddLevel(patch.Slice(Plane, Plane), output[(8 * Map)..]);
        Normalise(output);
    }

    // Maps 0-2 (across) and 3-5 (down): detail; their difference shows combing.
    private static void AddSecondDifferences(ReadOnlySpan<byte> frame, Span<float> across, Span<float> down)
    {
        for (var at = 0; at < Plane; at++)
        {
            int x = at % Side, y = at / Side, twice = 2 * frame[at];
            across[Cell(x, y)] += Log(twice - frame[at - (x > 0 ? 1 : 0)] - frame[at + (x < Side - 1 ? 1 : 0)]) / 16;
            int up = y > 0 ? Side : 0, below = y < Side - 1 ? Side : 0;
            down[Cell(x, y)] += Log(twice - frame[at - up] - frame[at + below]) / 16;
        }
    }

    // Maps 6 and 7: change from frame to frame.
    private static void AddMotion(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, Span<float> map)
    {
        for (var at = 0; at < Plane; at++)
            map[Cell(at % Side, at / Side)] += Log(after[at] - before[at]) / 16;
    }

    // Map 8: share of pixels equal to the left and upper ones (plateaus); map 9: level, both of the middle frame.
    private static void AddLevel(ReadOnlySpan<byte> frame, Span<float> maps)
    {
        for (var at = 0; at < Plane; at++)
        {
            int x = at % Side, y = at / Side;
            if (frame[at] == frame[at - (x > 0 ? 1 : 0)] && frame[at] == frame[at - (y > 0 ? Side : 0)])
                maps[Cell(x, y)] += 1f / 16;
            maps[Map + Cell(x, y)] += frame[at] / 16f;
        }
    }

    // Maps 10 and 11: steps across and down by phase; maps 12 and 13: by how much they exceed the steps beside them.
    private static void AddSteps(ReadOnlySpan<byte> frame, Span<float> maps)
    {
        Span<float> across = stackalloc float[Plane];
        Span<float> down = stackalloc float[Plane];
        for (var at = 0; at < Plane; at++)
        {
            across[at] = at % Side > 0 ? Log(frame[at] - frame[at - 1]) : 0;
            down[at] = at >= Side ? Log(frame[at] - frame[at - Side]) : 0;
        }

        for (var at = 0; at < Plane; at++)
        {
            int x = at % Side, y = at / Side, phase = y % 8 * 8 + x % 8;
            var besideX = across[at - (x > 0 ? 1 : 0)] + across[at + (x < Side - 1 ? 1 : 0)];
            var besideY = down[at - (y > 0 ? Side : 0)] + down[at + (y < Side - 1 ? Side : 0)];
            maps[phase] += across[at] / 48;
            maps[Map + phase] += down[at] / 48;
            maps[2 * Map + phase] += (across[at] - besideX / 2) / 48;
            maps[3 * Map + phase] += (down[at] - besideY / 2) / 48;
        }
    }

    // Fixed centres and scales, so that every map has about unit variance over typical content.
    private static void Normalise(Span<float> output)
    {
        for (var map = 0; map < Maps; map++)
        {
            var (centre, scale) = map switch
            {
                < 6 => (0.45f, 0.35f),
                < 8 => (0.47f, 0.4f),
                8 => (0.2f, 0.35f),
                9 => (128f, 64f),
                < 12 => (0.4f, 0.28f),
                _ => (0f, 0.07f),
            };
            foreach (ref var value in output.Slice(map * Map, Map))
                value = (value - centre) / scale;
        }
    }

    private static int Cell(int x, int y) => y / 4 * 8 + x / 4;

    private static float Log(int difference) => Logs[Math.Abs(difference)];
}
