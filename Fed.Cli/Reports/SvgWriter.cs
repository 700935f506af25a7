using System.Globalization;
using System.Net;
using System.Text;

namespace Fed.Cli.Reports;

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
