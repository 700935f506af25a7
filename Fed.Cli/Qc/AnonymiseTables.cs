using System.Globalization;
using Fed.Cli.Commands;
using Fed.MediaQc.Anonymise;
using Spectre.Console;

namespace Fed.Cli.Qc;

/// <summary>What was blurred, for people.</summary>
internal static class AnonymiseTables
{
    /// <summary>More scroll away; <c>--json</c> has all.</summary>
    private const int MostRegions = 50;

    public static void Write(AnonymiseReport report, IAnsiConsole console)
    {
        console.MarkupLineInterpolated($"[bold]{PlainText.Of(report.File)}[/]  {PlainText.Of(Describe(report))}");
        if (report.Regions.Count > 0)
            console.Write(Regions(report));
        if (report.Regions.Count > MostRegions)
            console.MarkupLineInterpolated($"and {report.Regions.Count - MostRegions} more: --json has all");
        foreach (var note in report.Notes)
            console.MarkupLineInterpolated($"note: {PlainText.Of(note)}");
        console.MarkupLineInterpolated($"{Summary(report)}");
        console.MarkupLineInterpolated($"[yellow]{AnonymiseReport.Caution}[/]");
    }

    private static Table Regions(AnonymiseReport report)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("what", "from", "to")
            .AddColumn(new TableColumn("found in").RightAligned())
            .AddColumn(new TableColumn("confidence").RightAligned())
            .AddColumns("where");
        foreach (var region in report.Regions.Take(MostRegions))
        {
            table.AddRow(
                new Text(PlainText.Of(region.Kind)),
                new Text(region.StartTimecode),
                new Text(region.EndTimecode),
                new Text(region.Confidence is null ? "by a person" : Invariant($"{region.Detections}")),
                new Text(region.Confidence is { } confidence ? Invariant($"{confidence:0.00}") : ""),
                new Text(Invariant($"{region.Area[2]}x{region.Area[3]} at {region.Area[0]}, {region.Area[1]}")));
        }

        return table;
    }

    private static string Describe(AnonymiseReport report) => Invariant($"{report.Width}x{report.Height}")
        + (report.FrameRate is { } rate ? Invariant($", {rate:0.###}/s, {report.Pictures} pictures") : ", a still picture");

    private static string Summary(AnonymiseReport report)
    {
        var kinds = report.Regions.GroupBy(region => region.Kind)
            .Select(kind => Invariant($"{kind.Key} {kind.Count()}"))
            .DefaultIfEmpty("nothing found");
        var done = report.Output is null
            ? "would be blurred"
            : $"blurred ({report.Settings.Cover.ToString().ToLowerInvariant()}); written to {report.Output} "
                + $"with {report.Encoder!.Name}";
        return PlainText.Of(Invariant(
            $"{string.Join(", ", kinds)}; {report.BlurredPictures} of {report.Pictures} pictures {done}"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
