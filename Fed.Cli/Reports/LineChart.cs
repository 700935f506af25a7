namespace Fed.Cli.Reports;

/// <summary>Curves over time.</summary>
public static class LineChart
{
    /// <param name="low">Where the vertical axis begins.</param>
    /// <param name="high">What it must reach.</param>
    /// <param name="format">Of a tick of the vertical axis.</param>
    public static string Render(
        string label, IReadOnlyList<Series> series, string yName, double low, double high, Func<double, string> format)
    {
        var frame = new PlotFrame(label);
        var last = series.SelectMany(one => one.Points).Select(point => point.X).DefaultIfEmpty(1).Max();
        var x = PlotFrame.Horizontal(0, Math.Max(last, 0.1));
        var y = PlotFrame.Vertical(low, high);
        frame.DrawVertical(y, yName, format);
        frame.DrawHorizontal(x, "seconds");
        foreach (var one in series.Where(one => one.Points.Count > 0))
        {
            frame.Svg.Polyline($"{one.Style} curve", one.Points.Select(point => (x.At(point.X), y.At(point.Y))));
            var (endX, endY) = one.Points[^1];
            frame.Svg.Circle($"{one.Style} dot", x.At(endX), y.At(endY), 3, $"{one.Name}: {format(endY)}");
        }

        frame.DrawLegend([.. series.Select(one => (one.Style, one.Name))]);
        return frame.Svg.ToString();
    }
}
