using System.Globalization;
using System.Net;
using System.Text;

namespace Fed.Cli.Reports;

/// <summary>Points of one colour.</summary>
/// <param name="Style">Class of the page's style sheet, <c>s0</c> to <c>s5</c>.</param>
public sealed record Series(string Name, string Style, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A linear scale from values to a side of the drawing, with round ticks.</summary>
public sealed class Axis
{
    private readonly double _from;
    private readonly double _to;

    /// <param name="low">Least value shown.</param>
    /// <param name="high">Greatest value that must fit; the axis ends at the tick at or above it.</param>
    /// <param name="from">Coordinate of the least value.</param>
    /// <param name="to">Coordinate of the greatest.</param>
    /// <param name="ticks">About how many ticks, at least 2.</param>
    public Axis(double low, double high, double from, double to, int ticks)
    {
        _from = from;
        _to = to;
        Low = low;
        Step = RoundStep((Math.Max(high - low, 1e-9)) / Math.Max(ticks, 2));
        High = low + Step * Math.Max(1, Math.Ceiling((high - low) / Step - 1e-9));
    }

    public double Low { get; }

    public double High { get; }

    public double Step { get; }

    public IEnumerable<double> Ticks =>
        Enumerable.Range(0, (int)Math.Round((High - Low) / Step) + 1).Select(i => Low + i * Step);

    public double At(double value) => _from + (value - Low) / (High - Low) * (_to - _from);

    /// <summary>1, 2 or 5 times a power of ten, at or above the value.</summary>
    private static double RoundStep(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        var lead = value / power;
        return power * (lead <= 1 + 1e-9 ? 1 : lead <= 2 + 1e-9 ? 2 : lead <= 5 + 1e-9 ? 5 : 10);
    }
}

/// <summary>
/// A small SVG writer: elements with attributes, numbers always with a dot, text always escaped. Colours are left to
/// the page's style sheet, by class, so that one drawing suits light and dark.
/// </summary>
public sealed class SvgWriter
{
    private readonly StringBuilder _text = new();

    /// <param name="label">What the drawing shows, for those who cannot see it.</param>
    public SvgWriter(double width, double height, string label)
    {
        Width = width;
        Height = height;
        _text.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {N(width)} {N(height)}\"");
        _text.Append($" role=\"img\" aria-label=\"{Escape(label)}\">\n");
    }

    public double Width { get; }

    public double Height { get; }

    public void Line(string style, double x1, double y1, double x2, double y2) =>
        Element("line", style, $"x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\"");

    public void Polyline(string style, IEnumerable<(double X, double Y)> points) =>
        Element(
            "polyline", style, $"points=\"{string.Join(' ', points.Select(point => $"{N(point.X)},{N(point.Y)}"))}\"");

    /// <param name="title">Shown when pointed at.</param>
    public void Rectangle(string style, double x, double y, double width, double height, string? title = null) =>
        Element("rect", style, $"x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(width)}\" height=\"{N(height)}\"", title);

    public void Circle(string style, double x, double y, double radius, string? title = null) =>
        Element("circle", style, $"cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(radius)}\"", title);

    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
    public void Text(string style, double x, double y, string anchor, string content) =>
        _text.Append($"<text class=\"{Escape(style)}\" x=\"{N(x)}\" y=\"{N(y)}\" text-anchor=\"{anchor}\">")
            .Append($"{Escape(content)}</text>\n");

    public override string ToString() => _text + "</svg>\n";

    private void Element(string name, string style, string attributes, string? title = null)
    {
        _text.Append($"<{name} class=\"{Escape(style)}\" {attributes}");
        _text.Append(title is null ? "/>\n" : $"><title>{Escape(title)}</title></{name}>\n");
    }

    private static string N(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    private static string Escape(string value) => WebUtility.HtmlEncode(value);
}

/// <summary>What every chart has: margins, a grid, the axes' names, and a legend.</summary>
internal sealed class PlotFrame
{
    public const double Width = 720;
    public const double Height = 320;

    private const double Left = 52;
    private const double Right = 12;
    private const double Top = 40;
    private const double Bottom = 44;

    public PlotFrame(string label) => Svg = new SvgWriter(Width, Height, label);

    public SvgWriter Svg { get; }

    public static double PlotLeft => Left;

    public static double PlotRight => Width - Right;

    public static double PlotTop => Top;

    public static double PlotBottom => Height - Bottom;

    public static Axis Horizontal(double low, double high, int ticks = 8) => new(low, high, PlotLeft, PlotRight, ticks);

    public static Axis Vertical(double low, double high, int ticks = 5) => new(low, high, PlotBottom, PlotTop, ticks);

    public void DrawVertical(Axis axis, string name, Func<double, string> format)
    {
        foreach (var tick in axis.Ticks)
        {
            Svg.Line("grid", PlotLeft, axis.At(tick), PlotRight, axis.At(tick));
            Svg.Text("tick", PlotLeft - 6, axis.At(tick) + 4, "end", format(tick));
        }

        Svg.Text("name", 4, Top - 24, "start", name);
    }

    public void DrawHorizontal(Axis axis, string name)
    {
        foreach (var tick in axis.Ticks)
            Svg.Text("tick", axis.At(tick), PlotBottom + 18, "middle", $"{Math.Round(tick, 6)}");
        Svg.Text("name", PlotRight, PlotBottom + 36, "end", name);
    }

    /// <param name="entries">Style and name of each, laid out to the right above the plot.</param>
    public void DrawLegend(IReadOnlyList<(string Style, string Name)> entries)
    {
        const double perCharacter = 7.2;
        var x = PlotRight - entries.Sum(entry => entry.Name.Length * perCharacter + 28);
        foreach (var (style, name) in entries)
        {
            Svg.Rectangle($"{style} mark", x, Top - 26, 12, 12);
            Svg.Text("legend", x + 17, Top - 16, "start", name);
            x += name.Length * perCharacter + 28;
        }
    }
}

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
