using System.Globalization;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Programmes;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Learned;

/// <summary>What a model of programmes says of sound, pictures and subtitles together: which of them does not stand
/// where the two others do.</summary>
/// <param name="cuts">Null: there are no pictures.</param>
internal sealed class StreamChecks(LearnedModel model, SoundLevels? sound, IReadOnlyList<Cut>? cuts)
{
    public static CheckInfo Streams { get; } = new(
        CheckResult.LearnedPrefix + "streams",
        "s",
        "Sound, pictures and subtitles stand where the others do (limits of ITU-R BT.1359-1)");

    /// <param name="stream">How findings name the subtitles.</param>
    public CheckResult Check(IReadOnlyList<TimedCue> cues, string stream, LearnedLimit limit)
    {
        if (limit.Streams is not { } limits)
            return CheckResult.NotApplicable(Streams, stream, "the profile has no learned.streams");
        if (Missing(cues) is { } reason)
            return CheckResult.NotApplicable(Streams, stream, reason);
        var found = new StreamEstimator(ModelStretchScorer.Of(model, "the model"))
            .Estimate(new ProgrammeStreams(sound!, cues, cuts!));
        if (found.Verdict == StreamVerdict.CannotTell)
        {
            return CheckResult.NotApplicable(
                Streams,
                stream,
                Text($"cuts, sound and cues do not tell how they belong together ({found.Likely:0.00}, ")
                    + Text($"clearer by {found.Confidence:0.00})"));
        }

        return CheckResult.Of(
            Streams,
            stream,
            found.Displacement.Seconds,
            Text($"sound from -{limits.SoundEarly} to {limits.SoundLate} s behind the pictures, cues within {limits.Cues} s"),
            limits.Allows(found.Displacement)
                ? []
                :
                [
                    new(
                        0,
                        sound!.Length,
                        limit.Severity,
                        Math.Abs(found.Displacement.Seconds),
                        Words(found.Displacement) + Text($", confidence {found.Likely:0.00}"),
                        found.Likely),
                ]);
    }

    private string? Missing(IReadOnlyList<TimedCue> cues)
    {
        if (sound is null)
            return "there is no sound to compare with";
        if (cuts is null)
            return "there are no pictures to compare with";
        if (cues.Count < SyncEstimator.FewestCues)
            return $"{cues.Count} cues with text are too few to tell";
        if (sound.Length < StreamEstimator.Shortest)
            return Text($"{sound.Length:0} s are too short to tell; {StreamEstimator.Shortest:0} s are needed");
        return cuts.Count == 0 ? "the pictures have no cut" : null;
    }

    private static string Words(Displacement found) => (found.Stream switch
    {
        Modality.Sound => "the sound comes ",
        Modality.Picture => "the pictures come ",
        _ => "the cues come ",
    }) + Text($"{Math.Abs(found.Seconds):0.00} s too ") + (found.Seconds > 0 ? "late" : "early")
        + " for the two others";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Cuts of the pictures, measured in a run of ffmpeg.</summary>
internal sealed class CutLog
{
    private const string Log = "cuts";

    private readonly FilterLogs _logs;

    /// <param name="logs">Gets the scores.</param>
    public CutLog(FilterLogs logs)
    {
        _logs = logs;
        // The mean over an area: what is fine and moves must not look like a cut.
        Filters = $"scale={Cut.Width}:{Cut.Height}:flags=area,format=yuv420p,{Cut.Filters(logs.Target(Log))},nullsink";
    }

    /// <summary>That a stream of pictures ends in.</summary>
    public string Filters { get; }

    /// <summary>In the order of time.</summary>
    public IReadOnlyList<Cut> All => Cut.From(_logs.Read(Log));
}
