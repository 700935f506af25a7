using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Fed.Cli.Demo;
using Fed.Client.Agent;
using Fed.Contracts.Federations;
using Fed.MediaQc.Folders;
using Fed.Tests.MediaQc;
using Fed.Training;

namespace Fed.Tests.Client;

public sealed partial class ReportTests
{
    private static readonly DateTimeOffset Began = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Table_WithNamesFromOutside_EscapesThem()
    {
        var table = DemoReport.Table(["<script>"], [["a & b"], ["mean"]], hasMean: true);

        Assert.DoesNotContain("<script>", table, StringComparison.Ordinal);
        Assert.Equal("a & b", XElement.Parse(table).Descendants("td").First().Value);
    }

    [Fact]
    public void Render_OfARun_IsOneFileThatNamesNoOther()
    {
        var page = DemoReport.Render(Outcome());

        Assert.DoesNotMatch(Reference(), page);
        Assert.Contains("color-scheme: light dark", page, StringComparison.Ordinal);
        Assert.Contains("on 1,000 held-out samples", page, StringComparison.Ordinal);
        // Behind a doctype, and with what JavaScript may contain taken out, it is well-formed.
        XDocument.Parse(Scripts().Replace(page, "").Replace("<!doctype html>", "", StringComparison.Ordinal)
            .Replace("<details open>", "<details>", StringComparison.Ordinal));
    }

    [Fact]
    public void Render_WithoutJavaScript_HasTheCurvesAsNumbers()
    {
        var page = DemoReport.Render(Outcome());

        Assert.Equal(3, page.Split("<details open>").Length - 1);
        Assert.Matches("<td>10.0 s</td>.*<td class=\"number\">60.0 %</td>", page);
    }

    [Fact]
    public async Task Render_ReadByABrowser_DrawsEveryFigure()
    {
        using var scratch = new Scratch();
        var file = scratch.File("report.html");
        await File.WriteAllTextAsync(file, DemoReport.Render(Outcome()));
        var script = Path.Combine(Repository.Root, "Fed.Tests", "Client", "draw-report.mjs");
        using var node = Process.Start(new ProcessStartInfo("node", [script, file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = node.StandardError.ReadToEndAsync();
        var drawn = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();

        Assert.True(node.ExitCode == 0, await errors);
        var figures = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, int>>>(drawn)!;
        Assert.Equal(["codecs", "flat", "staleness"], figures.Keys.Order());
        // Two reports of one codec: a line of two dots.
        Assert.Equal((1, 2), (figures["codecs"]["polyline"], figures["codecs"]["circle"]));
        Assert.False(figures["flat"].ContainsKey("svg"));
        // Three contributions, their cluster's key, and the running mean.
        Assert.Equal((1, 4), (figures["staleness"]["polyline"], figures["staleness"]["circle"]));
    }

    private static DemoOutcome Outcome()
    {
        var options = new DemoOptions(
            "data", null, 1, FederationMode.Async, "float32", "mean", "mean", "polynomial:1.5", null, 0, 0, null,
            "report.html", null, TrainerKind.Auto);
        var plan = DemoPlan.Make(
            DataFolder.Open(Path.Combine(Repository.Root, "data", "media-qc")), options);
        var timeline = new Timeline();
        var house = plan.Participants[0];
        foreach (var (seconds, accuracy) in new[] { (0, 0.2), (10, 0.6) })
        {
            timeline.Add(Line(AgentEventKind.Evaluated, seconds, house) with
            {
                Version = seconds,
                Accuracy = accuracy,
                Examples = 50,
            });
        }

        for (var i = 0; i < 3; i++)
            timeline.Add(Line(AgentEventKind.Accepted, i, house) with { Staleness = i });
        var keys = plan.Data.Clusters;
        var result = new DemoResult(
            "orleans",
            "media-qc",
            15,
            16,
            60,
            [.. keys.Select(key => new ClusterFigures(key, 3, 7, new ClusterAccuracy(0.4, 0.5, 0.739)))],
            new GlobalFigures(9, "abc", new GlobalAccuracy(0.4, 0.5, 0.739, 0.8)),
            new UpdateFigures(3, 0, 1000, 1000, 500, 1000, 1, 2));
        var shares = keys.ToDictionary(key => key, _ => 0.7);
        return new DemoOutcome(
            result,
            plan,
            options,
            timeline,
            shares,
            shares,
            keys.ToDictionary(key => key, _ => 1000 / keys.Count),
            Began);
    }

    private static AgentEvent Line(AgentEventKind kind, double seconds, DataParticipant house) => new(
        kind, Began.AddSeconds(seconds), DemoFederations.HierarchicalName, house.Name, house.Cluster);

    [GeneratedRegex("(src|href|url\\()\\s*=?|@import|<link", RegexOptions.IgnoreCase)]
    private static partial Regex Reference();

    [GeneratedRegex("(?<=<script[^>]*>).*?(?=</script>)|(?<=<style>).*?(?=</style>)", RegexOptions.Singleline)]
    private static partial Regex Scripts();
}
