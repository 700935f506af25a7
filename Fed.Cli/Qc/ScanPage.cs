using System.Text;
using System.Xml;
using System.Xml.Linq;
using Fed.Cli.Commands;
using Fed.MediaQc.Scan;

namespace Fed.Cli.Qc;

/// <summary>A report with what the file looks and sounds like.</summary>
internal sealed record ScannedFile(ScanReport Report, MediaPreview Preview);

/// <summary>
/// What <c>--html</c> writes: all reports as one page that is one file, reads without JavaScript and asks nobody for
/// anything. It is built as XML, which encodes whatever files are called.
/// </summary>
internal static class ScanPage
{
    public static string Render(IReadOnlyList<ScannedFile> files, IReadOnlyList<ScanFailure> failures)
    {
        var failed = files.Count(file => file.Report.Checks.Any(check => check.Verdict == Verdict.Fail));
        var parts = new List<XElement>
        {
            new("header", new XElement("h1", "Scan of media files")),
            new(
                "p",
                $"{Count(files.Count, "file")} scanned: {files.Count - failed} pass, {failed} fail. ",
                failures.Count > 0 ? $"{Count(failures.Count, "file")} could not be scanned." : null),
        };
        if (files.Count + failures.Count > 1)
            parts.Add(Overview(files, failures));
        parts.AddRange(files.Select(File));
        parts.AddRange(failures.Select((failure, at) => Section(
            $"failure{at}",
            failure.File,
            new XElement("p", Badge("bad", "Not scanned: "), Text(failure.Reason)))));
        var body = new XElement("main", parts).ToString(SaveOptions.DisableFormatting);
        return HtmlPage.Of("Scan of media files", HtmlPage.Resource(typeof(ScanPage), "scan.css"), body);
    }

    /// <summary>Without what no XML may hold, though the name of a file may.</summary>
    internal static string Text(string text)
    {
        var kept = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]))
                kept.Append(text[at++]).Append(text[at]);
            else
                kept.Append(XmlConvert.IsXmlChar(text[at]) ? text[at] : '\uFFFD');
        }

        return kept.ToString();
    }

    /// <summary>Of a severity also the class that it is drawn in.</summary>
    internal static string Word(Severity? severity) => severity?.ToString().ToLowerInvariant() ?? "none";

    private static XElement Overview(IReadOnlyList<ScannedFile> files, IReadOnlyList<ScanFailure> failures) => new(
        "section",
        new XElement("h2", "Files"),
        Table(
            "Files",
            "All files, each with what it came to",
            ["file", "result", "worst finding", "findings"],
            [
                .. files.Select((file, at) => Row(
                    Link($"#file{at}", file.Report.File),
                    Result(file.Report),
                    Word(file.Report.Worst()),
                    $"{file.Report.AllFindings().Count()}")),
                .. failures.Select((failure, at) => Row(
                    Link($"#failure{at}", failure.File), Badge("bad", "not scanned"), "", "")),
            ]));

    private static XElement File(ScannedFile file, int at)
    {
        var report = file.Report;
        var findings = report.AllFindings().ToArray();
        return Section(
            $"file{at}",
            report.File,
            new XElement("p", Result(report), " ", Text(ScanTables.Summary(report))),
            new XElement("p", new XAttribute("class", "note"), Text(
                $"{ScanTables.Describe(report)}. Scanned {report.ScannedAt:yyyy-MM-dd HH:mm:ss zzz}"
                + string.Concat(report.Tools.Concat(report.Models.Select(ScanTables.Describe)).Select(by => $"; {by}"))
                + ".")),
            ScanTimeline.Of(file, at, findings),
            new XElement("h3", "Checks"),
            Table(
                $"Checks of file {at + 1}",
                "Every check, with what was measured and what the profile asks for",
                ["check", "stream", "verdict", "measured", "limit or reason"],
                report.Checks.Select(check => Row(
                    check.Check,
                    check.Stream,
                    Outcome(check),
                    ScanTables.Measured(check),
                    check.Reason ?? check.Limit))),
            new XElement("h3", "Findings"),
            findings.Length == 0
                ? new XElement("p", "None.")
                : Table(
                    $"Findings of file {at + 1}",
                    "In order of time; each start leads to its place on the timeline",
                    ["from", "to", "severity", "check", "stream", "what"],
                    findings.Select((each, number) => Row(
                        Link($"#{ScanTimeline.IdOf(at, number)}", Timecode.Of(each.Finding.Start, report.FrameRate)),
                        Timecode.Of(each.Finding.End, report.FrameRate),
                        Badge(Word(each.Finding.Severity), Word(each.Finding.Severity)),
                        each.Check.Check,
                        each.Check.Stream,
                        each.Finding.Message))));
    }

    /// <param name="name">Of a file.</param>
    private static XElement Section(string id, string name, params object?[] content) => new(
        "section",
        new XAttribute("id", id),
        // Names may run from right to left, and shall not turn the rest.
        new XElement("h2", new XElement("bdi", Text(name))),
        content);

    /// <param name="label">Unlike all others of the page.</param>
    private static XElement Table(
        string label, string caption, IReadOnlyList<string> headings, IEnumerable<XElement> rows) => new(
        "div",
        new XAttribute("class", "scroll"),
        new XAttribute("tabindex", "0"),
        new XAttribute("role", "region"),
        new XAttribute("aria-label", label),
        new XElement(
            "table",
            new XElement("caption", caption),
            new XElement("thead", new XElement("tr", headings.Select(heading =>
                new XElement("th", new XAttribute("scope", "col"), heading)))),
            new XElement("tbody", rows)));

    /// <summary>The first cell is what the others are about.</summary>
    private static XElement Row(params object[] cells) => new("tr", cells.Select((cell, column) => new XElement(
        column == 0 ? "th" : "td",
        column == 0 ? new XAttribute("scope", "row") : null,
        cell is string text ? Text(text) : cell)));

    private static XElement Link(string to, string text) => new(
        "a", new XAttribute("href", to), new XElement("bdi", Text(text)));

    private static XElement Result(ScanReport report) =>
        report.Checks.Any(check => check.Verdict == Verdict.Fail)
            ? Badge("bad", "Fail")
            : report.Checks.Any(check => check.Verdict == Verdict.Pass)
                ? Badge("good", "Pass")
                : Badge("quiet", "Nothing could be checked");

    private static XElement Outcome(CheckResult check) => check.Verdict switch
    {
        Verdict.Pass => Badge("good", "pass"),
        Verdict.Fail => Badge(Word(check.Findings.Max(finding => finding.Severity)), "fail"),
        _ => Badge("quiet", "not applicable"),
    };

    private static XElement Badge(string kind, string word) => new("strong", new XAttribute("class", kind), word);

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
