namespace Fed.MediaQc.Scan;

/// <summary>How much a finding matters to delivery.</summary>
public enum Severity
{
    Info,

    /// <summary>Somebody should look at it.</summary>
    Warning,

    /// <summary>Not to be delivered so.</summary>
    Error,
}

/// <summary>What a check came to. What cannot be measured has not passed.</summary>
public enum Verdict
{
    Pass,
    Fail,
    NotApplicable,
}

/// <summary>One stretch of a file that is not as the profile wants it.</summary>
/// <param name="Start">Seconds from the file's beginning.</param>
/// <param name="End">Seconds, at least <paramref name="Start"/>.</param>
/// <param name="Measured">In the check's unit.</param>
/// <param name="Confidence">Of a model, 0 to 1; null: it was measured.</param>
public sealed record Finding(
    double Start, double End, Severity Severity, double? Measured, string Message, double? Confidence = null);

/// <summary>One check of one stream.</summary>
/// <param name="Check">Its name; see <see cref="Checks"/>.</param>
/// <param name="Stream">Such as <c>video 0</c>, <c>audio 1 (eng)</c>, or the name of a subtitle file.</param>
/// <param name="Measured">Of the whole stream, in <paramref name="Unit"/>; null where only stretches are.</param>
/// <param name="Limit">The profile's, in words.</param>
/// <param name="Reason">Why it is not applicable.</param>
public sealed record CheckResult(
    string Check,
    string Stream,
    Verdict Verdict,
    double? Measured,
    string Unit,
    string Limit,
    string? Reason,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>A model's, not a measurement.</summary>
    public bool IsLearned => Check.StartsWith(LearnedPrefix, StringComparison.Ordinal);

    /// <summary>Of the names of checks that a model makes.</summary>
    internal const string LearnedPrefix = "learned.";

    /// <summary>Fails when there are findings.</summary>
    public static CheckResult Of(
        CheckInfo check, string stream, double? measured, string limit, IReadOnlyList<Finding> findings) =>
        new(
            check.Name,
            stream,
            findings.Count == 0 ? Verdict.Pass : Verdict.Fail,
            measured,
            check.Unit,
            limit,
            null,
            findings);

    public static CheckResult NotApplicable(CheckInfo check, string stream, string reason) =>
        new(check.Name, stream, Verdict.NotApplicable, null, check.Unit, "", reason, []);
}

/// <summary>A model that looked at the file.</summary>
/// <param name="Federation">Null: the model does not say which.</param>
/// <param name="Version">The federation's; null: it does not say.</param>
/// <param name="VersionSha256">Of the version's safetensors file, as its manifest names it.</param>
/// <param name="Tuned">How a house has trained it further for itself; null: it is the federation's.</param>
/// <param name="Sha256">Of the ONNX file that was run.</param>
public sealed record ScanModel(
    string Task, string? Federation, long? Version, string? VersionSha256, string? Tuned, string Sha256)
{
    /// <summary>"media-qc of codecs version 12, tuned".</summary>
    public string Name => Task + (Federation is null ? "" : $" of {Federation}")
        + (Version is null ? "" : FormattableString.Invariant($" version {Version}"))
        + (Tuned is null ? "" : ", tuned");
}

/// <summary>All that a scan says of one file.</summary>
/// <param name="File">As it was named.</param>
/// <param name="Duration">Seconds; 0 when the file does not say and nothing could be decoded.</param>
/// <param name="FrameRate">Of the first picture stream, frames a second; null without one.</param>
/// <param name="Profile">Name and date of the limits.</param>
/// <param name="Tools">What measured: versions.</param>
/// <param name="Models">What the learned checks were made with.</param>
/// <param name="ScannedAt">With its offset, as reports that travel need it.</param>
public sealed record ScanReport(
    string File,
    string Format,
    double Duration,
    double? FrameRate,
    IReadOnlyList<MediaStream> Streams,
    string Profile,
    IReadOnlyList<string> Tools,
    IReadOnlyList<ScanModel> Models,
    DateTimeOffset ScannedAt,
    IReadOnlyList<CheckResult> Checks)
{
    /// <summary>In order of time, each with its check.</summary>
    public IEnumerable<(CheckResult Check, Finding Finding)> AllFindings() =>
        Checks.SelectMany(check => check.Findings.Select(finding => (check, finding)))
            .OrderBy(each => each.finding.Start).ThenBy(each => each.check.Check, StringComparer.Ordinal);

    /// <summary>Null: nothing was found.</summary>
    public Severity? Worst() =>
        Checks.SelectMany(check => check.Findings).Select(finding => (Severity?)finding.Severity).Max();
}

/// <summary>The file cannot be scanned; the message names it, and says why and what to do.</summary>
public sealed class ScanException(string message, Exception? inner = null) : Exception(message, inner);
