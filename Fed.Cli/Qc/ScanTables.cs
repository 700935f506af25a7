using System.Globalization;
using Fed.Cli.Commands;
using Fed.MediaQc.Scan;
using Spectre.Console;

namespace Fed.Cli.Qc;

/// <summary>A report for people: every check with what it came to, then the findings in order of time.</summary>
internal static class ScanTables
{
    /// <summary>More scroll away; the markers' file and <c>--json</c> have all.</summary>
    private const int MostFindings = 50;

    public static void Write(ScanReport report, IAnsiConsole console)
    {
        console.MarkupLineInterpolated($"[bold]{PlainText.Of(report.File)}[/]  {PlainText.Of(Describe(report))}");
        var checks = new Table().Border(TableBorder.Simple)
            .AddColumns("check", "stream", "verdict")
            .AddColumn(new TableColumn("measured").RightAligned())
            .AddColumns("limit");
        foreach (var check in report.Checks)
        {
            checks.AddRow(
                new Text(check.Check),
                new Text(PlainText.Of(check.Stream)),
                Verdict(check),
                new Text(Measured(check)),
                new Text(PlainText.Of(check.Reason ?? check.Limit)));
        }

        console.Write(checks);
        var findings = report.AllFindings().ToArray();
        if (findings.Length > 0)
            console.Write(Findings(report, findings));
        if (findings.Length > MostFindings)
        {
            console.MarkupLineInterpolated(
                $"and {findings.Length - MostFindings} more: --json or --markers FILE.csv has all");
        }

        foreach (var model in report.Models)
            console.MarkupLineInterpolated($"{PlainText.Of(Describe(model))}");
        console.MarkupLineInterpolated($"{Summary(report)}");
    }

    /// <summary>"12 checks: 9 pass, 2 fail, 1 not applicable; 3 findings".</summary>
    internal static string Summary(ScanReport report)
    {
        int Of(Verdict verdict) => report.Checks.Count(check => check.Verdict == verdict);
        var findings = report.Checks.Sum(check => check.Findings.Count);
        return $"{report.Checks.Count} checks ({report.Profile}): {Of(MediaQc.Scan.Verdict.Pass)} pass, "
            + $"{Of(MediaQc.Scan.Verdict.Fail)} fail, {Of(MediaQc.Scan.Verdict.NotApplicable)} not applicable; "
            + $"{findings} {(findings == 1 ? "finding" : "findings")}";
    }

    private static Table Findings(ScanReport report, IReadOnlyList<(CheckResult Check, Finding Finding)> findings)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("from", "to", "severity", "check", "stream", "what");
        foreach (var (check, finding) in findings.Take(MostFindings))
        {
            table.AddRow(
                new Text(Timecode.Of(finding.Start, report.FrameRate)),
                new Text(Timecode.Of(finding.End, report.FrameRate)),
                new Text(finding.Severity.ToString().ToLowerInvariant(), Colour(finding.Severity)),
                new Text(check.Check),
                new Text(PlainText.Of(check.Stream)),
                new Text(PlainText.Of(finding.Message)));
        }

        return table;
    }

    internal static string Describe(ScanModel model) => $"model {model.Name}, SHA-256 {model.Sha256[..16]}...";

    internal static string Describe(ScanReport report)
    {
        var streams = report.Streams.Where(stream => stream.Kind != StreamKind.Other).Select(Describe);
        return Invariant($"{report.Format}, {report.Duration:0.0} s")
            + string.Concat(streams.Select(each => $", {each}"));
    }

    private static string Describe(MediaStream stream) => stream.Kind switch
    {
        StreamKind.Video => Invariant($"{stream.Codec} {stream.Width}x{stream.Height} {stream.FrameRate:0.###}/s"),
        StreamKind.Audio => $"{stream.Codec} {stream.SampleRate} Hz {stream.Channels} ch",
        _ => stream.Codec,
    };

    private static Text Verdict(CheckResult check) => check.Verdict switch
    {
        MediaQc.Scan.Verdict.Pass => new("pass", new Style(Color.Green)),
        MediaQc.Scan.Verdict.Fail => new("FAIL", Colour(check.Findings.Max(finding => finding.Severity))),
        _ => new("n/a", new Style(decoration: Decoration.Dim)),
    };

    private static Style Colour(Severity severity) => new(severity switch
    {
        Severity.Error => Color.Red,
        Severity.Warning => Color.Yellow,
        _ => Color.Default,
    });

    internal static string Measured(CheckResult check) =>
        check.Measured is { } value ? Invariant($"{value:0.##} {check.Unit}") : "";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A bar with the time left, where somebody sees it and it takes longer than a moment.</summary>
internal static class ScanProgress
{
    /// <param name="isWanted">Whether standard output is for people.</param>
    public static async Task<T> ShowAsync<T>(string file, bool isWanted, Func<IProgress<double>?, Task<T>> work)
    {
        if (!isWanted || !Screen.CanRedraw)
            return await work(null);
        return await AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(PlainText.Of(Path.GetFileName(file))));
                return await work(new Bar(task));
            });
    }

    /// <summary>Not <see cref="Progress{T}"/>, whose reports come on other threads and in any order.</summary>
    private sealed class Bar(ProgressTask task) : IProgress<double>
    {
        public void Report(double value) => task.Value = 100 * value;
    }
}
