using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Fed.Contracts;
using Fed.MediaQc.Scan;

namespace Fed.Cli.Qc;

/// <summary>
/// A report as EBU QC's data model of April 2026 has it (github.com/ebu/qc: qc.xsd, the compliance checklist, and the
/// best practice for a report that passes or fails). The checks are ours, not items of EBU's catalogue, and are called
/// so.
/// </summary>
internal static class EbuReport
{
    internal static readonly XNamespace Qc = "tag:qc.ebu.ch,2026-04";

    internal static readonly XNamespace Timing = "tag:qc.ebu.ch,2026-04:extensions:timing";

    /// <summary>Of what has no pictures, edit units a second.</summary>
    private const int UsualRate = 1000;

    /// <summary>Of all checks; rises when what one measures changes.</summary>
    private const string ItemVersion = "1.0";

    /// <param name="content">The file's SHA-256.</param>
    public static XDocument Of(ScanReport report, ScanProfile profile, byte[] content)
    {
        var profileId = Uuid(JsonSerializer.Serialize(profile, FedJson.Options), Convert.ToHexString(content));
        var contentId = ContentId(report, content);
        var (above, below) = EditRate(report.FrameRate);
        var units = (double)above / below;
        var judged = report.Checks.Where(IsJudged).ToArray();
        return new XDocument(new XDeclaration("1.0", "utf-8", null), new XElement(
            Qc + "Report",
            Element("ReportId", $"urn:uuid:{Guid.NewGuid()}"),
            Element("ExecutionStatus", "complete"),
            judged.Length == 0 ? null : Element("CheckResult", judged.All(check => check.Verdict == Verdict.Pass)),
            contentId,
            Element("LastModifiedDateTime", Date(report)),
            Tool("fed", "FedHier fed qc scan", null, Version()),
            new XElement(
                Qc + "Profile",
                Element("ID", profileId),
                Element("Name", ScanPage.Text(report.Profile)),
                contentId,
                Element("CheckResultRule", "AND"),
                Element("Description", ScanPage.Text(profile.Source)),
                Element("Scopes"),
                Element("Items", report.Checks.Select((check, at) => Item(check, Uuid(profileId, $"{at}")))),
                Element("ItemDefinitions")),
            Element("ItemResults", report.Checks.Select((check, at) =>
                ItemResult(report, check, Uuid(profileId, $"{at}"), units))),
            Element("ExtensionProperties", new XElement(
                Timing + "TimingExtensionMediaPlaybackEditUnits",
                new XElement(Timing + "EditRate", $"{above}/{below}")))));
    }

    /// <exception cref="IOException">The file has gone, or there is no room.</exception>
    public static async Task WriteAsync(string file, ScanReport report, ScanProfile profile, CancellationToken cancel)
    {
        byte[] content;
        await using (var media = File.OpenRead(report.File))
            content = await SHA256.HashDataAsync(media, cancel);
        var document = Of(report, profile, content);
        await File.WriteAllTextAsync(file, $"{document.Declaration}\n{document}\n", cancel);
    }

    /// <summary>Exact where it is one of those that films have; else to a thousandth of a frame.</summary>
    internal static (int Above, int Below) EditRate(double? frameRate)
    {
        if (frameRate is not > 0)
            return (UsualRate, 1);
        int[] usual = [1, 1001];
        var below = usual.FirstOrDefault(each => IsWhole(frameRate.Value * each / (each == 1 ? 1 : 1000)), 1000);
        return ((int)Math.Max(1, Math.Round(frameRate.Value * below)), below);

        static bool IsWhole(double value) => Math.Abs(value - Math.Round(value)) < 1e-4;
    }

    /// <summary>What was not applicable is neither true nor false, and so no check.</summary>
    private static bool IsJudged(CheckResult check) => check.Verdict != Verdict.NotApplicable;

    private static IEnumerable<XElement?> Identity(CheckResult check, string instance) =>
    [
        Element("EBUQCID", $"FEDHIER-{check.Check}"),
        Element("EBUQCName", check.Check),
        Element("EBUQCVersion", ItemVersion),
        Element("InstanceId", instance),
    ];

    private static XElement Item(CheckResult check, string instance) => Element(
        "Item",
        Identity(check, instance),
        Element("UsedAs", IsJudged(check) ? "check" : "report"),
        Track(check),
        Element("Scopes"),
        Element("Inputs", check.Limit.Length == 0 ? null : Element(
            "Input", Element("Name", "Limit"), Element("Value", ScanPage.Text(check.Limit)))));

    private static XElement ItemResult(ScanReport report, CheckResult check, string instance, double units) => Element(
        "ItemResult",
        Identity(check, instance),
        Element("AnalysisMethodUsed", "measurement"),
        Element("ExecutionStatus", "complete"),
        IsJudged(check) ? Element("CheckResult", check.Verdict == Verdict.Pass) : null,
        Element("ResultDescription", ScanPage.Text(check.Verdict switch
        {
            Verdict.Pass => "Within the limit",
            Verdict.Fail => $"Findings: {check.Findings.Count}",
            _ => $"Not applicable: {check.Reason}",
        })),
        MeasuredBy(report, check),
        Element("MaxSeverity", (int)Severity.Error),
        Element("DetectionMethod", "automatic"),
        Element("CreationDateTime", Date(report)),
        Element(
            "Outputs",
            check.Measured is { } measured
                ? Element(
                    "Output",
                    Element("Name", "Measured"),
                    Track(check),
                    Element("Value", Number(measured)),
                    check.Unit.Length == 0 ? null : Note($"Unit: {check.Unit}"))
                : null,
            check.Findings.Select(finding => Finding(check, finding, units))));

    private static XElement Finding(CheckResult check, Finding finding, double units) => Element(
        "Output",
        Element("Name", "Finding"),
        // All units that it touches; a ten-thousandth is no touch.
        Element(
            "Locator",
            Element("Start", Unit(Math.Floor((finding.Start * units) + 1e-4))),
            Element("End", Unit(Math.Ceiling((finding.End * units) - 1e-4)))),
        Track(check),
        finding.Measured is { } measured ? Element("Value", Number(measured)) : null,
        Note(ScanPage.Text(finding.Message)),
        finding.Confidence is { } confidence ? Element("Confidence", Number(confidence)) : null,
        Element("Severity", (int)finding.Severity));

    /// <summary>Null: the report's own tool did.</summary>
    private static XElement? MeasuredBy(ScanReport report, CheckResult check) =>
        check.IsLearned && report.Models is [var model]
            ? Tool("model", ScanPage.Text(model.Name), null, model.VersionSha256 ?? model.Sha256)
            : report.Tools.Count > 0 && SubtitleRules.All.All(rule => rule.Name != check.Check)
            ? Tool("ffmpeg", "FFmpeg", "https://ffmpeg.org", ScanPage.Text(report.Tools[0]))
            : null;

    private static XElement ContentId(ScanReport report, byte[] content)
    {
        // RFC 6920: base64url without padding.
        var hash = Convert.ToBase64String(content).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return Element(
            "ContentId",
            Element(
                "ContentIdentifier",
                Element("ID", $"ni:///sha-256;{hash}"),
                Note("SHA-256 of the file, as RFC 6920 writes it")),
            Element(
                "ContentIdentifier",
                Element("ID", ScanPage.Text(Path.GetFileName(report.File))),
                Note("Name of the file")));
    }

    private static XElement Tool(string id, string name, string? url, string version) => Element(
        "ToolInformation",
        Element("ToolID", id),
        Element("ToolName", name),
        url is null ? null : Element("URL", url),
        Element("Version", version));

    private static XElement? Track(CheckResult check) =>
        check.Stream == "file" ? null : Element("Track", ScanPage.Text(check.Stream));

    private static XElement Note(string text) => Element("Annotation", Element("Text", text));

    private static XElement Element(string name, params object?[] content) => new(Qc + name, content);

    /// <summary>Edit units of playback since the first picture.</summary>
    private static string Unit(double units) => ((long)Math.Max(0, units)).ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => Math.Round(value, 4).ToString(CultureInfo.InvariantCulture);

    private static string Date(ScanReport report) =>
        report.ScannedAt.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>The same for the same words: RFC 9562's version 8, of their SHA-256.</summary>
    private static string Uuid(params string[] words)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', words)))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return $"urn:uuid:{new Guid(bytes, bigEndian: true)}";
    }

    private static string Version() => typeof(EbuReport).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
