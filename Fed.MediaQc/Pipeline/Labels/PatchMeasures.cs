using Fed.MediaQc.Pipeline.Media;

namespace Fed.MediaQc.Pipeline.Labels;

/// <summary>Measured distances between a delivered patch and its source, over all its frames; units are 8-bit levels.</summary>
/// <param name="ErrorRms">Root mean square of delivered minus source.</param>
/// <param name="SourceDetail">Root mean square of the source's Laplacian, away from the coding grid.</param>
/// <param name="DetailKept">The same of the delivered patch, divided by the source's.</param>
/// <param name="BlockExcess">Strongest steps of the error across the 8-pixel grid, minus the strongest midway.</param>
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
    /// <param name="delivered">What came out of the chain.</param>
    /// <param name="window">First frame and upper left corner; the corner is on the 8-pixel grid.</param>
    public static PatchMeasures Of(Clip source, Clip delivered, PatchWindow window)
    {
        var a = window.Cut(source);
        var b = window.Cut(delivered);
        var error = new int[a.Length];
        double squares = 0;
        for (var i = 0; i < a.Length; i++)
        {
            error[i] = b[i] - a[i];
            squares += error[i] * error[i];
        }

        var sourceDetail = Detail(a);
        const int plane = PatchWindow.Pixels * PatchWindow.Pixels;
        return new PatchMeasures(
            Math.Sqrt(squares / a.Length),
            sourceDetail,
            Detail(b) / Math.Max(sourceDetail, 1e-3),
            BlockStep(error),
            Range(a.AsSpan(0, plane)),
            Range(b.AsSpan(0, plane)),
            Flat(a),
            Flat(b),
            Motion(a, plane),
            Motion(b, plane),
            Detail(error));
    }

    private static double Detail(int[] patch)
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

    // A deblocking codec leaves few, long steps, so the strongest third of the lines counts: of those on the grid, and for
    // comparison of those midway between them, so that strong detail alone gives nothing.
    private static double BlockStep(int[] error)
    {
        var onGrid = new List<double>();
        var midway = new List<double>();
        const int side = PatchWindow.Pixels;
        for (var frame = 0; frame < error.Length; frame += side * side)
        {
            for (var at = Grid; at < side; at += Grid)
            {
                onGrid.AddRange(Steps(error.AsSpan(frame, side * side), at));
                midway.AddRange(Steps(error.AsSpan(frame, side * side), at - Grid / 2));
            }
        }

        return Strongest(onGrid) - Strongest(midway);
    }

    private static double[] Steps(ReadOnlySpan<int> error, int at)
    {
        const int side = PatchWindow.Pixels;
        double row = 0, column = 0;
        for (var along = 0; along < side; along++)
        {
            row += Math.Abs(error[at * side + along] - error[(at - 1) * side + along]);
            column += Math.Abs(error[along * side + at] - error[along * side + at - 1]);
        }

        return [row / side, column / side];
    }

    private static double Strongest(List<double> steps) => steps.OrderDescending().Take(steps.Count / 3).Average();

    private static double Flat(int[] patch)
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

    private static int Range(ReadOnlySpan<int> frame)
    {
        int low = 255, high = 0;
        foreach (var value in frame)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        return high - low;
    }

    private static double Motion(int[] patch, int plane)
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
