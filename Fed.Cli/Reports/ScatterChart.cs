namespace Fed.Cli.Reports;

/// <summary>Single events over time, with the running mean of all of them.</summary>
public static class ScatterChart
{
    private const double Beside = 3;

    /// <param name="window">How many neighbours the running mean takes in.</param>
    public static string Render(string label, IReadOnlyList<Series> series, string yName, int window)
    {
        var frame = new PlotFrame(label);
        var all = series.SelectMany(one => one.Points).OrderBy(point => point.X).ToArray();
        var x = PlotFrame.Horizontal(0, Math.Max(all.Select(point => point.X).DefaultIfEmpty(1).Max(), 0.1));
        var y = PlotFrame.Vertical(0, Math.Max(all.Select(point => point.Y).DefaultIfEmpty(1).Max(), 1));
        frame.DrawVertical(y, yName, tick => $"{Math.Round(tick, 6)}");
        frame.DrawHorizontal(x, "seconds");
        for (var i = 0; i < series.Count; i++)
        {
            // Whole numbers coincide: each series stands a little beside its value.
            var beside = (i - (series.Count - 1) / 2.0) * Beside;
            foreach (var (atX, atY) in series[i].Points)
            {
                var title = $"{series[i].Name}: {atY} at {atX:0.0} s";
                frame.Svg.Circle($"{series[i].Style} dot", x.At(atX), y.At(atY) + beside, 2.5, title);
            }
        }

        if (all.Length > 0)
            frame.Svg.Polyline("mean curve", RunningMean(all, window).Select(point => (x.At(point.X), y.At(point.Y))));
        frame.DrawLegend([.. series.Select(one => (one.Style, one.Name)), ("mean", "running mean")]);
        return frame.Svg.ToString();
    }

    private static IEnumerable<(double X, double Y)> RunningMean((double X, double Y)[] points, int window)
    {
        var sum = 0.0;
        for (var i = 0; i < points.Length; i++)
        {
            sum += points[i].Y - (i >= window ? points[i - window].Y : 0);
            yield return (points[i].X, sum / Math.Min(i + 1, window));
        }
    }
}
