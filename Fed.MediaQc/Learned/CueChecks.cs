using System.Globalization;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Learned;

/// <summary>What a model of cues says of subtitles beside the programme's sound: their timing as a whole, then single
/// cues.</summary>
internal sealed class CueChecks(LearnedModel model, SoundLevels? sound)
{
    public static CheckInfo Sync { get; } = new(
        CheckResult.LearnedPrefix + "sync",
        "s",
        "Cues stand where their speech is, all of them by one offset and rate");

    public static CheckInfo Cues { get; } = new(
        CheckResult.LearnedPrefix + "cues", "cues", "Single cues that are early, late, of another text, or missing");

    /// <param name="stream">How findings name the subtitles.</param>
    public IEnumerable<CheckResult> Check(IReadOnlyList<TimedCue> cues, string stream, LearnedLimit limit)
    {
        if (sound is null)
            return NotApplicable(stream, "there is no sound to compare with");
        if (cues.Count < SyncEstimator.FewestCues)
            return NotApplicable(stream, $"{cues.Count} cues with text are too few to tell");
        var report = new CueCheck(new ModelCueScorer(model)).Run(sound, cues);
        return report.Sync.Verdict == SyncVerdict.CannotTell
            ? NotApplicable(stream, Text($"the sound does not tell where the cues belong ({report.Sync.Likely:0.00})"))
            : [Timing(report.Sync, stream, cues, limit), Single(report, stream, cues, limit)];
    }

    private static CheckResult[] NotApplicable(string stream, string reason) =>
        [CheckResult.NotApplicable(Sync, stream, reason), CheckResult.NotApplicable(Cues, stream, reason)];

    private static CheckResult Timing(
        SyncResult sync, string stream, IReadOnlyList<TimedCue> cues, LearnedLimit limit)
    {
        var off = sync.Timing.Distance(CueTiming.None, cues);
        var rate = sync.Timing.Scale == 1 ? "" : Text($", and run at {1 / sync.Timing.Scale:0.0000} of their speed");
        return CheckResult.Of(
            Sync,
            stream,
            sync.Timing.Offset,
            Text($"below {SyncEstimator.SameTiming} s"),
            sync.Verdict == SyncVerdict.InSync
                ? []
                :
                [
                    new(
                        Math.Max(0, cues[0].Start),
                        cues.Max(cue => cue.End),
                        limit.Severity,
                        off,
                        Text($"the cues come {Math.Abs(sync.Timing.Offset):0.00} s too ")
                            + (sync.Timing.Offset > 0 ? "early" : "late") + rate
                            + Text($", confidence {sync.Likely:0.00}"),
                        sync.Likely),
                ]);
    }

    private static CheckResult Single(
        CueReport report, string stream, IReadOnlyList<TimedCue> cues, LearnedLimit limit) => CheckResult.Of(
            Cues,
            stream,
            report.Findings.Count,
            "0",
            [
                .. report.Findings.Select(finding => new Finding(
                    cues[finding.Cue].Start,
                    cues[finding.Cue].End,
                    limit.Severity,
                    null,
                    Text($"{Words(finding.Class)}, confidence {finding.Probability:0.00}"),
                    finding.Probability)),
            ]);

    private static string Words(CueClass fault) => fault switch
    {
        CueClass.Early => "the cue is early",
        CueClass.Late => "the cue is late",
        CueClass.WrongText => "the cue's text is not what is said",
        _ => "beside the cue there is speech without one",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
