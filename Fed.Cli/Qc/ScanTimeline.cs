using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Fed.MediaQc.Scan;

namespace Fed.Cli.Qc;

/// <summary>A file along its length: pictures, sound, and a lane for each check that has findings. Severities differ in
/// colour, and in height.</summary>
internal static class ScanTimeline
{
    /// <summary>Units that the length of a file is drawn in.</summary>
    private const double Width = 1000;

    private const double Height = 24;

    /// <summary>What is shorter is drawn so long, that it can be seen.</summary>
    private const double LeastWidth = 3;

    /// <summary>More are counted where a lane is told in words; the table has all.</summary>
    private const int MostTold = 5;

    private const int Ticks = 4;

    /// <summary>Of the block of a finding, in the order of <see cref="ScanReport.AllFindings"/>.</summary>
    public static string IdOf(int file, int finding) => $"f{file}-{finding}";

    /// <summary>Null: the file has no length.</summary>
    public static object[]? Of(ScannedFile file, int at, IReadOnlyList<(CheckResult Check, Finding Finding)> findings)
    {
        var (report, preview) = (file.Report, file.Preview);
        var length = LengthOf(report);
        if (length <= 0)
            return null;
        var rows = new List<XElement?>
        {
            new(
                "div",
                Class("ticks"),
                Enumerable.Range(0, Ticks + 1).Select(tick =>
                    new XElement("span", Timecode.Of(length * tick / Ticks, report.FrameRate)))),
            preview.Pictures.Count == 0 ? null : Pictures(report, preview, length),
            preview.Peaks.Count == 0 ? null : Wave(preview.Peaks),
        };
        var lanes = findings.Select((each, number) => (each.Check, each.Finding, Id: IdOf(at, number)))
            .GroupBy(each => each.Check)
            .OrderBy(lane => report.Checks.ToList().IndexOf(lane.Key));
        foreach (var lane in lanes)
        {
            var name = ScanPage.Text($"{lane.Key.Check}, {lane.Key.Stream}");
            rows.Add(new XElement("p", Class("lane"), name));
            rows.Add(Drawing(
                $"{name}: {Told([.. lane.Select(each => each.Finding)], report.FrameRate)}",
                lane.Select(each => Block(each.Finding, each.Id, length, report.FrameRate))));
        }

        return
        [
            new XElement("h3", "Timeline"),
            new XElement(
                "div",
                Class("scroll"),
                new XAttribute("tabindex", "0"),
                new XAttribute("role", "region"),
                new XAttribute("aria-label", $"Timeline of file {at + 1}"),
                new XElement("div", Class("timeline"), rows)),
            new XElement(
                "p",
                Class("note"),
                findings.Count == 0
                    ? "Nothing was found."
                    : "Errors are as high as their lane, warnings two thirds, infos one.",
                preview.Pictures.Count == 0 && report.Streams.Any(stream => stream.Kind == StreamKind.Video)
                    ? " No picture could be drawn."
                    : null),
        ];
    }

    /// <summary>Seconds that the timeline shows.</summary>
    public static double LengthOf(ScanReport report) => report.AllFindings()
        .Select(each => each.Finding.End).Append(report.Duration).Max();

    private static XElement Pictures(ScanReport report, MediaPreview preview, double length) => new(
        "div",
        Class("pictures"),
        preview.Pictures.Select((picture, number) =>
        {
            var when = Timecode.Of(number * preview.Step, report.FrameRate);
            return new XElement(
                "img",
                new XAttribute("style", Invariant($"width:{100 * preview.Step / length:0.####}%")),
                new XAttribute("src", $"data:image/jpeg;base64,{Convert.ToBase64String(picture)}"),
                new XAttribute("alt", $"At {when}"),
                new XAttribute("title", when));
        }));

    private static XElement Wave(IReadOnlyList<double> peaks)
    {
        var (step, middle) = (Width / peaks.Count, Height / 2);
        var path = new StringBuilder();
        for (var at = 0; at < peaks.Count; at++)
        {
            // Silence is a line.
            var half = Math.Max(0.25, peaks[at] * middle);
            path.Append(Invariant($"M{(at + 0.5) * step:0.##} {middle - half:0.##}v{2 * half:0.##}"));
        }

        return Drawing(
            "The first stream of sound, as loud as it is",
            [
                new XElement(
                    "path", new XAttribute("d", path), new XAttribute("stroke-width", Invariant($"{step:0.##}"))),
            ],
            "wave");
    }

    private static XElement Block(Finding finding, string id, double length, double? rate)
    {
        var width = Math.Max(LeastWidth, (finding.End - finding.Start) / length * Width);
        // The end of the lane is no reason not to be seen.
        var left = Math.Min(finding.Start / length * Width, Width - width);
        var height = Height * ((int)finding.Severity + 1) / 3;
        return new XElement(
            "rect",
            new XAttribute("id", id),
            Class(ScanPage.Word(finding.Severity)),
            new XAttribute("x", Invariant($"{left:0.##}")),
            new XAttribute("y", Invariant($"{Height - height:0.##}")),
            new XAttribute("width", Invariant($"{width:0.##}")),
            new XAttribute("height", Invariant($"{height:0.##}")),
            new XElement("title", ScanPage.Text($"{Told(finding, rate)}: {finding.Message}")));
    }

    /// <summary>As wide as the page, whatever that is.</summary>
    private static XElement Drawing(string label, IEnumerable<XElement> content, string kind = "blocks") => new(
        "svg",
        Class(kind),
        new XAttribute("viewBox", Invariant($"0 0 {Width} {Height}")),
        new XAttribute("preserveAspectRatio", "none"),
        new XAttribute("role", "img"),
        new XAttribute("aria-label", label),
        content);

    private static string Told(IReadOnlyList<Finding> findings, double? rate) =>
        string.Join("; ", findings.Take(MostTold).Select(finding => Told(finding, rate)))
        + (findings.Count > MostTold ? $"; and {findings.Count - MostTold} more" : "");

    private static string Told(Finding finding, double? rate)
    {
        var (from, to) = (Timecode.Of(finding.Start, rate), Timecode.Of(finding.End, rate));
        return $"{ScanPage.Word(finding.Severity)} from {from} to {to}";
    }

    private static XAttribute Class(string name) => new("class", name);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
