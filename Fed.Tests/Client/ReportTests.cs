using System.Xml.Linq;
using Fed.Cli.Reports;

namespace Fed.Tests.Client;

public sealed class ReportTests
{
    private static readonly Series[] Curves =
    [
        new("a<b & \"c\"", "s0", [(0, 0.1), (1.5, 0.5), (3, 0.9)]),
        new("never reported", "s1", []),
    ];

    [Fact]
    public void LineChart_OfAnyNames_IsWellFormed()
    {
        var svg = XDocument.Parse(LineChart.Render("accuracy <over> time", Curves, "accuracy", 0, 1, tick => $"{tick:P0}"));

        Assert.Single(svg.Descendants(), element => element.Name.LocalName == "polyline");
        Assert.Contains(svg.Descendants(), element => element.Value == "a<b & \"c\"");
    }

    [Fact]
    public void ScatterChart_OfNothing_IsWellFormed() =>
        XDocument.Parse(ScatterChart.Render("staleness", [new Series("x", "s0", [])], "versions", window: 5));

    [Fact]
    public void BarChart_DrawsABarForEachValueAtItsHeight()
    {
        var svg = XDocument.Parse(BarChart.Render(
            "bars", [("h264", [0.25, 0.5]), ("av1", [1.0, 0.0])], [("s0", "one"), ("s1", "two")], "accuracy"));

        var heights = svg.Descendants()
            .Where(element => element.Name.LocalName == "rect" && element.Attribute("class")!.Value.EndsWith("bar"))
            .Select(element => double.Parse(element.Attribute("height")!.Value))
            .ToArray();
        Assert.Equal(4, heights.Length);
        Assert.Equal(2, heights[1] / heights[0], 2);
        Assert.Equal(0, heights[3]);
    }

    [Theory]
    [InlineData(0, 1, 5, 0.2, 1)]
    [InlineData(0, 6, 5, 2, 6)]
    [InlineData(0, 47.3, 8, 10, 50)]
    [InlineData(0, 0.031, 5, 0.01, 0.04)]
    public void Axis_TakesRoundSteps(double low, double high, int ticks, double step, double end)
    {
        var axis = new Axis(low, high, from: 300, to: 0, ticks);

        Assert.Equal(step, axis.Step, 9);
        Assert.Equal(end, axis.High, 9);
        Assert.Equal(300, axis.At(low), 9);
        Assert.Equal(0, axis.At(axis.High), 9);
    }

    [Fact]
    public void Page_WithNamesFromOutside_EscapesThem()
    {
        var page = HtmlPage.Render(
            "<title>", HtmlPage.Table(["<script>"], [["a & b"], ["mean"]]) + HtmlPage.Figure("", "<caption>"));

        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<caption>", page, StringComparison.Ordinal);
        XDocument.Parse(page.Replace("<!doctype html>", "", StringComparison.Ordinal));
    }
}
