namespace Fed.Cli.Reports;

/// <summary>Groups of bars, one bar of each colour a group; values are shares from 0 to 1.</summary>
public static class BarChart
{
    /// <param name="groups">Name and one value a series, in the order of <paramref name="series"/>.</param>
    /// <param name="series">Style and name.</param>
    public static string Render(
        string label,
        IReadOnlyList<(string Name, IReadOnlyList<double> Values)> groups,
        IReadOnlyList<(string Style, string Name)> series,
        string yName)
    {
        var frame = new PlotFrame(label);
        var y = PlotFrame.Vertical(0, 1);
        frame.DrawVertical(y, yName, tick => $"{tick:P0}");
        var slot = (PlotFrame.PlotRight - PlotFrame.PlotLeft) / Math.Max(groups.Count, 1);
        var bar = slot * 0.8 / Math.Max(series.Count, 1);
        for (var group = 0; group < groups.Count; group++)
        {
            var start = PlotFrame.PlotLeft + group * slot + slot * 0.1;
            for (var i = 0; i < series.Count; i++)
            {
                var value = groups[group].Values[i];
                var title = $"{groups[group].Name}, {series[i].Name}: {value:P1}";
                frame.Svg.Rectangle(
                    $"{series[i].Style} bar", start + i * bar, y.At(value), bar * 0.92, y.At(0) - y.At(value), title);
                frame.Svg.Text("value", start + (i + 0.46) * bar, y.At(value) - 3, "middle", $"{value * 100:0}");
            }

            var middle = PlotFrame.PlotLeft + (group + 0.5) * slot;
            frame.Svg.Text("tick", middle, PlotFrame.PlotBottom + 18, "middle", groups[group].Name);
        }

        frame.DrawLegend(series);
        return frame.Svg.ToString();
    }
}
