namespace Fed.MediaQc.Pipeline;

/// <summary>A place in a clip: where a patch is cut.</summary>
/// <param name="Frame">First frame.</param>
/// <param name="X">Left column, a multiple of 8.</param>
/// <param name="Y">Upper row, a multiple of 8.</param>
public readonly record struct PatchWindow(int Frame, int X, int Y)
{
    /// <summary>Frames of a patch.</summary>
    public const int FrameCount = 3;

    /// <summary>Width and height of a patch, pixels.</summary>
    public const int Pixels = 32;

    /// <summary>The patch as integers, frame after frame.</summary>
    public int[] Cut(Clip clip) => Array.ConvertAll(CutBytes(clip), value => (int)value);

    /// <summary>The patch as stored, frame after frame.</summary>
    public byte[] CutBytes(Clip clip)
    {
        var patch = new byte[FrameCount * Pixels * Pixels];
        for (var frame = 0; frame < FrameCount; frame++)
        {
            for (var row = 0; row < Pixels; row++)
            {
                clip.Frames[Frame + frame].AsSpan((Y + row) * clip.Width + X, Pixels)
                    .CopyTo(patch.AsSpan((frame * Pixels + row) * Pixels));
            }
        }

        return patch;
    }
}

/// <summary>
/// Measured distances between a delivered patch and its source, over all its frames; units are 8-bit levels.
/// </summary>
/// <param name="ErrorRms">Root mean square of delivered minus source.</param>
/// <param name="SourceDetail">Root mean square of the source's Laplacian, away from the coding grid.</param>
/// <param name="DetailKept">The same of the delivered patch, divided by the source's.</param>
/// <param name="BlockExcess">Mean step across the 8-pixel grid minus the mean step beside it, above
/// the source's.</param>
/// <param name="BlockRatio">Mean step across the grid divided by the mean step beside it, relative to
/// the source's.</param>
/// <param name="SourceRange">Largest minus smallest source value of the first frame.</param>
/// <param name="DeliveredRange">The same of the delivered patch.</param>
/// <param name="SourceFlat">Share of source pixels equal to their right and lower neighbours.</param>
/// <param name="DeliveredFlat">The same of the delivered patch.</param>
/// <param name="SourceMotion">Smallest mean absolute difference of successive source frames.</param>
/// <param name="DeliveredMotion">Smallest mean absolute difference of successive delivered frames.</param>
/// <param name="ErrorDetail">Root mean square of the error's Laplacian.</param>
public sealed record PatchMeasures(
    double ErrorRms,
    double SourceDetail,
    double DetailKept,
    double BlockExcess,
    double BlockRatio,
    double SourceRange,
    double DeliveredRange,
    double SourceFlat,
    double DeliveredFlat,
    double SourceMotion,
    double DeliveredMotion,
    double ErrorDetail)
{
    private const int Grid = 8;

    /// <summary>Measures one place of a clip.</summary>
    /// <param name="source">The undisturbed clip.</param>
    /// <param name="received">What came out of the chain.</param>
    /// <param name="window">First frame and upper left corner; the corner is on the 8-pixel grid.</param>
    public static PatchMeasures Of(Clip source, Clip received, PatchWindow window)
    {
        var a = window.Cut(source);
        var b = window.Cut(received);
        var error = new int[a.Length];
        double squares = 0;
        for (var i = 0; i < a.Length; i++)
        {
            error[i] = b[i] - a[i];
            squares += error[i] * error[i];
        }

        var sourceDetail = Detail(a);
        var (original, delivered) = (GridSteps(a), GridSteps(b));
        const int plane = PatchWindow.Pixels * PatchWindow.Pixels;
        return new PatchMeasures(
            Math.Sqrt(squares / a.Length),
            sourceDetail,
            Detail(b) / Math.Max(sourceDetail, 1e-3),
            delivered.OnGrid - delivered.Beside - (original.OnGrid - original.Beside),
            Ratio(delivered) / Ratio(original),
            Range(a.AsSpan(0, plane)),
            Range(b.AsSpan(0, plane)),
            Flat(a),
            Flat(b),
            Motion(a, plane),
            Motion(b, plane),
            Detail(error));
    }

    internal static double Detail(int[] patch)
    {
        int side = PatchWindow.Pixels, plane = side * side, count = 0;
        double sum = 0;
        for (var frame = 0; frame < patch.Length; frame += plane)
        {
            for (var y = 1; y < side - 1; y++)
            {
                for (var x = 1; x < side - 1; x++)
                {
                    // Steps on the coding grid are blocking, not detail.
                    if (x % Grid is 0 or Grid - 1 || y % Grid is 0 or Grid - 1)
                        continue;
                    var at = frame + y * side + x;
                    var laplacian = 4 * patch[at] - patch[at - 1] - patch[at + 1] - patch[at - side] - patch[at + side];
                    sum += laplacian * laplacian;
                    count++;
                }
            }
        }

        return Math.Sqrt(sum / count);
    }

    // A tenth of a level keeps the ratio finite on flat pictures.
    internal static double Ratio((double OnGrid, double Beside) steps) => (steps.OnGrid + 0.1) / (steps.Beside + 0.1);

    // Mean steps of the picture across the grid lines, and two pixels beside them where no transform has a border.
    internal static (double OnGrid, double Beside) GridSteps(int[] patch)
    {
        double onGrid = 0, beside = 0;
        const int side = PatchWindow.Pixels;
        var lines = 0;
        for (var frame = 0; frame < patch.Length; frame += side * side)
        {
            for (var at = Grid; at < side; at += Grid)
            {
                var pixels = patch.AsSpan(frame, side * side);
                onGrid += StepAt(pixels, at);
                beside += (StepAt(pixels, at - 2) + StepAt(pixels, at + 2)) / 2;
                lines++;
            }
        }

        return (onGrid / lines, beside / lines);
    }

    // Mean absolute step between the rows at - 1 and at, and between these columns.
    private static double StepAt(ReadOnlySpan<int> frame, int at)
    {
        const int side = PatchWindow.Pixels;
        double sum = 0;
        for (var along = 0; along < side; along++)
        {
            sum += Math.Abs(frame[at * side + along] - frame[(at - 1) * side + along]);
            sum += Math.Abs(frame[along * side + at] - frame[along * side + at - 1]);
        }

        return sum / (2 * side);
    }

    internal static double Flat(int[] patch)
    {
        int side = PatchWindow.Pixels, plane = side * side, flat = 0, count = 0;
        for (var frame = 0; frame < patch.Length; frame += plane)
        {
            for (var y = 0; y < side - 1; y++)
            {
                for (var x = 0; x < side - 1; x++)
                {
                    var at = frame + y * side + x;
                    if (patch[at] == patch[at + 1] && patch[at] == patch[at + side])
                        flat++;
                    count++;
                }
            }
        }

        return (double)flat / count;
    }

    internal static int Range(ReadOnlySpan<int> frame)
    {
        int low = 255, high = 0;
        foreach (var value in frame)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        return high - low;
    }

    internal static double Motion(int[] patch, int plane)
    {
        var smallest = double.MaxValue;
        for (var frame = plane; frame < patch.Length; frame += plane)
        {
            double sum = 0;
            for (var i = 0; i < plane; i++)
                sum += Math.Abs(patch[frame + i] - patch[frame + i - plane]);
            smallest = Math.Min(smallest, sum / plane);
        }

        return smallest;
    }
}
