using Fed.MediaQc.Features;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Pipeline;

/// <summary>
/// Fixed thresholds for the video task, without a reference, in the manner of ffmpeg's blockdetect, blurdetect,
/// freezedetect and idet.
/// </summary>
public static class PictureBaseline
{
    private const int Side = PatchWindow.Pixels;
    private const int Plane = Side * Side;

    /// <param name="validation">Of all houses; at least one patch of each class.</param>
    public static FixedThresholds Fit(IReadOnlyList<PatchSet> validation) =>
        FixedThresholds.Fit(validation, QcClasses.Clean, Measure);

    /// <summary>
    /// One measurement a class, by label; more means more of the fault. Blocking: steps across the 8-pixel grid by
    /// those beside it. Blur: detail by range, negative. Banding: share of pixels equal to their neighbours. Freeze:
    /// least change between two frames, negative. Field: second differences down above those across, middle frame.
    /// Noise: its deviation by Immerkaer (1996), levels.
    /// </summary>
    /// <param name="patch">Three frames of 32x32 luma, row-major.</param>
    public static double[] Measure(ReadOnlySpan<byte> patch)
    {
        var levels = new int[patch.Length];
        for (var i = 0; i < levels.Length; i++)
            levels[i] = patch[i];
        var middle = levels.AsSpan(Plane, Plane);
        return
        [
            0,
            PatchMeasures.Ratio(PatchMeasures.GridSteps(levels)),
            -PatchMeasures.Detail(levels) / (1 + PatchMeasures.Range(middle)),
            PatchMeasures.Flat(levels),
            -PatchMeasures.Motion(levels, Plane),
            Combing(middle),
            Noise(middle),
        ];
    }

    private static double Combing(ReadOnlySpan<int> frame)
    {
        double down = 0, across = 0;
        for (var y = 1; y < Side - 1; y++)
        {
            for (var x = 1; x < Side - 1; x++)
            {
                var at = y * Side + x;
                down += Math.Abs(2 * frame[at] - frame[at - Side] - frame[at + Side]);
                across += Math.Abs(2 * frame[at] - frame[at - 1] - frame[at + 1]);
            }
        }

        return (down - across) / ((Side - 2) * (Side - 2));
    }

    /// <summary>A mask that edges and slopes hardly answer to, the difference of two Laplacians.</summary>
    private static double Noise(ReadOnlySpan<int> frame)
    {
        double sum = 0;
        for (var y = 1; y < Side - 1; y++)
        {
            for (var x = 1; x < Side - 1; x++)
                sum += Math.Abs(Twice(frame, y - 1, x) - 2 * Twice(frame, y, x) + Twice(frame, y + 1, x));
        }

        return Math.Sqrt(Math.PI / 2) * sum / (6 * (Side - 2) * (Side - 2));

        static int Twice(ReadOnlySpan<int> frame, int y, int x) =>
            frame[y * Side + x - 1] - 2 * frame[y * Side + x] + frame[y * Side + x + 1];
    }
}
