using System.Globalization;
using Fed.MediaQc.Subtitles;

namespace Fed.MediaQc.Scan;

/// <summary>The rules of timed text: how long, how fast, how close, how wide.</summary>
public static class SubtitleRules
{
    /// <summary>Where no picture says another rate, frames a second.</summary>
    public const double UsualFrameRate = 25;

    /// <summary>Half a millisecond: files count in milliseconds, and what is exactly at a limit is within it.</summary>
    private const double Tolerance = 0.0005;

    public static CheckInfo Syntax { get; } = new("subtitleSyntax", "faults", "Every part of the file can be read");

    public static CheckInfo Encoding { get; } = new(
        "subtitleEncoding", "", "The text is in Unicode, or says what else it is in");

    public static CheckInfo Order { get; } = new(
        "subtitleOrder", "cues", "Cues stand in the order of their times, and end after they begin");

    public static CheckInfo Overlap { get; } = new("subtitleOverlap", "s", "No cue begins before the last one ends");

    public static CheckInfo Gap { get; } = new(
        "subtitleGap", "frames", "Between two cues the screen is empty for as long as an eye needs to see it");

    public static CheckInfo Duration { get; } = new(
        "subtitleDuration", "s", "Cues are shown neither too short nor too long");

    public static CheckInfo Speed { get; } = new(
        "subtitleSpeed", "characters/s", "Cues can be read while they are shown");

    public static CheckInfo Lines { get; } = new("subtitleLines", "characters", "Number and length of lines");

    public static CheckInfo Empty { get; } = new("subtitleEmpty", "cues", "Every cue has text");

    public static IReadOnlyList<CheckInfo> All { get; } =
        [Syntax, Encoding, Order, Overlap, Gap, Duration, Speed, Lines, Empty];

    /// <param name="stream">As findings name it.</param>
    /// <param name="language">As tagged; null: not known, the general limits hold.</param>
    /// <param name="frameRate">Of the pictures, frames a second; null: <see cref="UsualFrameRate"/>.</param>
    public static IReadOnlyList<CheckResult> Check(
        SubtitleFile file, string stream, string? language, double? frameRate, SubtitleLimits limits)
    {
        if (file.Cues.Count == 0)
        {
            return
            [
                CheckResult.Of(
                    Syntax,
                    stream,
                    file.Faults.Count,
                    "0",
                    [Fault(0, "there is no cue in it"), .. file.Faults.Select(each => Fault(each.After, each.Message))]),
                .. All.Where(check => check != Syntax)
                    .Select(check => CheckResult.NotApplicable(check, stream, "there is no cue in it")),
            ];
        }

        var frames = frameRate ?? UsualFrameRate;
        var (width, speed) = (limits.LineLengthIn(language), limits.CharactersPerSecondIn(language));
        Cue[] cues = [.. file.Cues.OrderBy(cue => cue.Start)];
        var pairs = cues.Zip(cues.Skip(1)).ToArray();
        return
        [
            CheckResult.Of(Syntax, stream, file.Faults.Count, "0",
                [.. file.Faults.Select(fault => Fault(fault.After, fault.Message))]),
            CheckResult.Of(Encoding, stream, null, "Unicode", EncodingFindings(file.Text)),
            CheckResult.Of(Order, stream, null, "ascending",
            [
                .. file.Cues.Zip(file.Cues.Skip(1)).Where(pair => pair.Second.Start < pair.First.Start)
                    .Select(pair => Found(pair.Second, Severity.Warning, null, "stands after a later one")),
                .. cues.Where(cue => cue.End <= cue.Start)
                    .Select(cue => Found(cue, Severity.Error, cue.End - cue.Start, "ends before it begins")),
            ]),
            CheckResult.Of(Overlap, stream, null, "0",
            [
                .. pairs.Select(pair => (pair.First, pair.Second, Seconds: pair.First.End - pair.Second.Start))
                    .Where(each => each.Seconds > Tolerance && each.First.End > each.First.Start)
                    .Select(each => Found(
                        each.Second,
                        limits.Severity,
                        each.Seconds,
                        Text($"begins {each.Seconds:0.000} s before cue {each.First.Number} ends"))),
            ]),
            CheckResult.Of(Gap, stream, null, Text($"at least {limits.MinimumGapFrames}"),
            [
                .. pairs.Select(pair => (pair.Second, Seconds: pair.Second.Start - pair.First.End))
                    .Where(gap => gap.Seconds > -Tolerance
                        && gap.Seconds < (limits.MinimumGapFrames / frames) - Tolerance)
                    .Select(gap => Found(
                        gap.Second,
                        limits.Severity,
                        gap.Seconds * frames,
                        Text($"begins {Math.Max(0, gap.Seconds) * frames:0.#} frames after the last one"))),
            ]),
            CheckResult.Of(Duration, stream, null, Text($"{limits.MinimumSeconds} to {limits.MaximumSeconds}"),
            [
                .. cues.Select(cue => (Cue: cue, Seconds: cue.End - cue.Start))
                    .Where(each => each.Seconds > 0 && (each.Seconds < limits.MinimumSeconds - Tolerance
                        || each.Seconds > limits.MaximumSeconds + Tolerance))
                    .Select(each => Found(
                        each.Cue, limits.Severity, each.Seconds, Text($"is shown for {each.Seconds:0.000} s"))),
            ]),
            CheckResult.Of(Speed, stream, null, Text($"at most {speed}"),
            [
                .. cues.Where(cue => cue.End > cue.Start)
                    .Select(cue => (Cue: cue, Speed: cue.Lines.Sum(Length) / (cue.End - cue.Start)))
                    .Where(each => each.Speed > speed + Tolerance)
                    .Select(each => Found(
                        each.Cue, limits.Severity, each.Speed, Text($"has {each.Speed:0.0} characters a second"))),
            ]),
            CheckResult.Of(Lines, stream, null, Text($"at most {limits.Lines} lines of {width}"),
            [
                .. cues.Where(cue => cue.Lines.Count > limits.Lines)
                    .Select(cue => Found(cue, limits.Severity, null, Text($"has {cue.Lines.Count} lines"))),
                .. cues.Where(cue => cue.Lines.Any(line => Length(line) > width))
                    .Select(cue => (Cue: cue, Length: cue.Lines.Max(Length)))
                    .Select(each => Found(
                        each.Cue, limits.Severity, each.Length, Text($"has a line of {each.Length} characters"))),
            ]),
            CheckResult.Of(Empty, stream, null, "0",
            [
                .. cues.Where(cue => cue.Lines.Count == 0)
                    .Select(cue => Found(cue, Severity.Warning, null, "has no text")),
            ]),
        ];
    }

    private static Finding[] EncodingFindings(SubtitleText text)
    {
        if (text.IsGuess)
        {
            return
            [
                new(0, 0, Severity.Warning, null,
                    $"it is not in UTF-8; it was read as {text.Encoding}, which is a guess: save it in UTF-8"),
            ];
        }

        return text.Text.Contains('\uFFFD', StringComparison.Ordinal)
            ? [new(0, 0, Severity.Error, null, "it has characters that were lost when it was converted (U+FFFD)")]
            : [];
    }

    private static Finding Fault(double at, string message) => new(at, at, Severity.Error, null, message);

    private static Finding Found(Cue cue, Severity severity, double? measured, string what) => new(
        cue.Start, Math.Max(cue.Start, cue.End), severity, measured, Text($"cue {cue.Number} {what}"));

    /// <summary>What a reader counts: a letter with its accents is one.</summary>
    private static int Length(string line) => new StringInfo(line).LengthInTextElements;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
