using System.Globalization;
using System.Text;
using Fed.MediaQc.Scan;

namespace Fed.Cli.Qc;

/// <summary>Findings as a table for spreadsheets, or as markers for the timeline of an editor.</summary>
internal static class MarkerFile
{
    /// <summary>Programmes begin there, hours.</summary>
    private const int EdlOffset = 1;

    private const double UsualFrameRate = 25;

    public static bool CanWrite(string file) => IsEdl(file) || Has(file, ".csv");

    public static bool IsEdl(string file) => Has(file, ".edl");

    public static Task WriteAsync(string file, IReadOnlyList<ScanReport> reports, CancellationToken cancel) =>
        File.WriteAllTextAsync(file, IsEdl(file) ? Edl(reports) : Csv(reports), cancel);

    /// <summary>RFC 4180, with a row of names first.</summary>
    internal static string Csv(IEnumerable<ScanReport> reports)
    {
        var text = new StringBuilder();
        Row(
            "file", "start", "end", "startTimecode", "endTimecode", "severity", "check", "stream", "measured", "unit",
            "message");
        foreach (var report in reports)
        {
            foreach (var (check, finding) in report.AllFindings())
            {
                Row(
                    report.File,
                    Number(finding.Start),
                    Number(finding.End),
                    Timecode.Of(finding.Start, report.FrameRate),
                    Timecode.Of(finding.End, report.FrameRate),
                    finding.Severity.ToString().ToLowerInvariant(),
                    check.Check,
                    check.Stream,
                    finding.Measured is { } measured ? Number(measured) : "",
                    check.Unit,
                    finding.Message);
            }
        }

        return text.ToString();

        void Row(params string[] cells) => text.AppendJoin(',', cells.Select(Quote)).Append("\r\n");
    }

    /// <summary>CMX 3600 events, each with the comment in which DaVinci Resolve keeps a marker's colour, text and
    /// length; others show it as a comment.</summary>
    internal static string Edl(IEnumerable<ScanReport> reports)
    {
        var text = new StringBuilder();
        foreach (var report in reports)
        {
            var rate = report.FrameRate ?? UsualFrameRate;
            var title = Plain(Path.GetFileNameWithoutExtension(report.File));
            text.Append($"TITLE: {title}\r\nFCM: NON-DROP FRAME\r\n\r\n");
            var number = 0;
            foreach (var (check, finding) in report.AllFindings())
            {
                var from = Timecode.Of(finding.Start, rate, EdlOffset);
                var to = Timecode.Of(finding.Start + (1 / rate), rate, EdlOffset);
                var frames = Math.Max(1, (long)Math.Round((finding.End - finding.Start) * rate));
                var note = Plain($"{check.Check}, {check.Stream}: {finding.Message}");
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{++number:000}  001      V     C        {from} {to} {from} {to}\r\n"
                    + $" |C:{Colour(finding.Severity)} |M:{note} |D:{frames}\r\n\r\n");
            }
        }

        return text.ToString();
    }

    private static string Colour(Severity severity) => severity switch
    {
        Severity.Error => "ResolveColorRed",
        Severity.Warning => "ResolveColorYellow",
        _ => "ResolveColorBlue",
    };

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>A cell that a spreadsheet would take for a formula begins with an apostrophe.</summary>
    private static string Quote(string cell)
    {
        if (cell.Length > 0 && "=+@\t\r".Contains(cell[0], StringComparison.Ordinal))
            cell = "'" + cell;
        return cell.AsSpan().IndexOfAny(",\"\r\n") < 0
            ? cell
            : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>On one line, and without the sign that parts fields.</summary>
    private static string Plain(string text) => text.ReplaceLineEndings(" ").Replace('|', '/');

    private static bool Has(string file, string ending) =>
        Path.GetExtension(file).Equals(ending, StringComparison.OrdinalIgnoreCase);
}
