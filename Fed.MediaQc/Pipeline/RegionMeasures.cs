namespace Fed.MediaQc.Pipeline;

/// <summary>
/// Measured distances between a delivered region and its source; units are 8-bit levels. Those of detail, steps and
/// plateaus are of every fourth picture.
/// </summary>
/// <param name="ErrorRms">Root mean square of delivered minus source.</param>
/// <param name="SourceDetail">Root mean square of the source's Laplacian, away from the coding grid.</param>
/// <param name="DetailKept">The same of the delivered region, divided by the source's.</param>
/// <param name="BlockExcess">Mean step across the 8-pixel grid minus the mean step beside it, above
/// the source's.</param>
/// <param name="BlockRatio">Mean step across the grid divided by the mean step beside it, relative to
/// the source's.</param>
/// <param name="SourceRange">Largest minus smallest source value of the first picture.</param>
/// <param name="DeliveredRange">The same of the delivered region.</param>
/// <param name="SourceFlat">Share of source pixels equal to their right and lower neighbours.</param>
/// <param name="DeliveredFlat">The same of the delivered region.</param>
/// <param name="Repeats">Pictures that move less than a third as far as the source's, of those that move by
/// <see cref="LeastMotion"/> in the source.</param>
/// <param name="RepeatedMotion">Mean absolute difference that they should have from those before; 0: there are none.
/// </param>
/// <param name="ErrorDetail">Root mean square of the error's Laplacian.</param>
/// <param name="Flicker">Deviation of the pictures' mean levels, delivered minus source, from picture to picture: of the
/// half of the region where it is larger.</param>
public sealed record RegionMeasures(
    double ErrorRms,
    double SourceDetail,
    double DetailKept,
    double BlockExcess,
    double BlockRatio,
    double SourceRange,
    double DeliveredRange,
    double SourceFlat,
    double DeliveredFlat,
    int Repeats,
    double RepeatedMotion,
    double ErrorDetail,
    double Flicker)
{
    /// <summary>A repeat of what moves less cannot be seen.</summary>
    public const double LeastMotion = 1.5;

    private const int Grid = Region.Grid;
    private const int Side = Region.Side;
    private const int Plane = Region.Plane;
    private const int Step = 4;

    /// <summary>Measures one place of a clip.</summary>
    /// <param name="source">The region of the undisturbed clip.</param>
    /// <param name="received">What came out of the chain.</param>
    public static RegionMeasures Of(byte[] source, byte[] received)
    {
        double squares = 0;
        for (var i = 0; i < source.Length; i++)
            squares += (received[i] - source[i]) * (received[i] - source[i]);
        int[] a = EveryFourth(source), b = EveryFourth(received);
        var error = new int[a.Length];
        for (var i = 0; i < a.Length; i++)
            error[i] = b[i] - a[i];
        var sourceDetail = Detail(a);
        var (original, delivered) = (GridSteps(a), GridSteps(b));
        var (repeats, motion) = Repeated(source, received);
        return new RegionMeasures(
            Math.Sqrt(squares / source.Length),
            sourceDetail,
            Detail(b) / Math.Max(sourceDetail, 1e-3),
            delivered.OnGrid - delivered.Beside - (original.OnGrid - original.Beside),
            Ratio(delivered) / Ratio(original),
            Range(a.AsSpan(0, Plane)),
            Range(b.AsSpan(0, Plane)),
            Flat(a),
            Flat(b),
            repeats,
            motion,
            Detail(error),
            Math.Max(Swing(source, received, 0), Swing(source, received, Plane / 2)));
    }

    private static int[] EveryFourth(byte[] region)
    {
        var pictures = new int[(Region.Frames / Step + 1) * Plane];
        for (var i = 0; i < pictures.Length; i++)
            pictures[i] = region[i / Plane * Step * Plane + i % Plane];
        return pictures;
    }

    private static (int Count, double Motion) Repeated(byte[] source, byte[] received)
    {
        var (count, sum) = (0, 0.0);
        for (var t = 1; t < Region.Frames; t++)
        {
            var moves = Motion(source, t);
            if (moves < LeastMotion || Motion(received, t) >= 0.35 * moves)
                continue;
            count++;
            sum += moves;
        }

        return (count, count > 0 ? sum / count : 0);
    }

    private static double Motion(byte[] region, int t)
    {
        var sum = 0L;
        for (var i = t * Plane; i < (t + 1) * Plane; i++)
            sum += Math.Abs(region[i] - region[i - Plane]);
        return (double)sum / Plane;
    }

    private static double Swing(byte[] source, byte[] received, int first)
    {
        var (before, squares) = (0.0, 0.0);
        for (var t = 0; t < Region.Frames; t++)
        {
            var sum = 0L;
            for (var i = t * Plane + first; i < t * Plane + first + Plane / 2; i++)
                sum += received[i] - source[i];
            var offset = sum / (Plane / 2.0);
            squares += t > 0 ? (offset - before) * (offset - before) : 0;
            before = offset;
        }

        return Math.Sqrt(squares / (Region.Frames - 1));
    }

    private static double Detail(int[] pictures)
    {
        var (count, sum) = (0, 0.0);
        for (var frame = 0; frame < pictures.Length; frame += Plane)
        {
            for (var y = 1; y < Side - 1; y++)
            {
                for (var x = 1; x < Side - 1; x++)
                {
                    // Steps on the coding grid are blocking, not detail.
                    if (x % Grid is 0 or Grid - 1 || y % Grid is 0 or Grid - 1)
                        continue;
                    var at = frame + y * Side + x;
                    var laplacian = 4 * pictures[at] - pictures[at - 1] - pictures[at + 1]
                        - pictures[at - Side] - pictures[at + Side];
                    sum += laplacian * laplacian;
                    count++;
                }
            }
        }

        return Math.Sqrt(sum / count);
    }

    // A tenth of a level keeps the ratio finite on flat pictures.
    private static double Ratio((double OnGrid, double Beside) steps) => (steps.OnGrid + 0.1) / (steps.Beside + 0.1);

    // Mean steps of the picture across the grid lines, and two pixels beside them where no transform has a border.
    private static (double OnGrid, double Beside) GridSteps(int[] pictures)
    {
        var (onGrid, beside, lines) = (0.0, 0.0, 0);
        for (var frame = 0; frame < pictures.Length; frame += Plane)
        {
            for (var at = Grid; at < Side; at += Grid)
            {
                var pixels = pictures.AsSpan(frame, Plane);
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
        double sum = 0;
        for (var along = 0; along < Side; along++)
        {
            sum += Math.Abs(frame[at * Side + along] - frame[(at - 1) * Side + along]);
            sum += Math.Abs(frame[along * Side + at] - frame[along * Side + at - 1]);
        }

        return sum / (2 * Side);
    }

    private static double Flat(int[] pictures)
    {
        var (flat, count) = (0, 0);
        for (var frame = 0; frame < pictures.Length; frame += Plane)
        {
            for (var y = 0; y < Side - 1; y++)
            {
                for (var x = 0; x < Side - 1; x++)
                {
                    var at = frame + y * Side + x;
                    if (pictures[at] == pictures[at + 1] && pictures[at] == pictures[at + Side])
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
}
