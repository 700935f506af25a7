using Fed.MediaQc.Cues;

namespace Fed.MediaQc.Programmes;

/// <summary>How a house cuts its pictures to the speech, and shows them.</summary>
/// <param name="Cuts">Share of the utterances with whose beginning the picture changes, 0 to 1.</param>
/// <param name="Lead">Seconds from such a cut to the first sound, least and most.</param>
/// <param name="JCuts">Share of those cuts that come after the speech has begun (the sound leads).</param>
/// <param name="LCuts">Share that come before the utterance before has ended (its sound lasts over the cut).</param>
/// <param name="Overlap">Seconds by which they do, least and most.</param>
/// <param name="Extra">Further cuts a minute, wherever.</param>
/// <param name="Dissolves">Share of the edits that dissolve, over half a second.</param>
/// <param name="Snap">Share of the cues' edges within half a second of a cut that are moved to it.</param>
/// <param name="Pace">How fast the camera moves, 0 to 0.5.</param>
/// <param name="FrameRate">Pictures a second.</param>
/// <param name="Encoder">ffmpeg's name of the encoder of the pictures.</param>
/// <param name="Options">Its options.</param>
public sealed record EditHabits(
    double Cuts,
    double[] Lead,
    double JCuts,
    double LCuts,
    double[] Overlap,
    double Extra,
    double Dissolves,
    double Snap,
    double Pace,
    double FrameRate,
    string Encoder,
    string Options)
{
    internal IEnumerable<string> Problems()
    {
        foreach (var (name, share) in new[]
            {
                ("cuts", Cuts), ("jCuts", JCuts), ("lCuts", LCuts), ("jCuts + lCuts", JCuts + LCuts),
                ("dissolves", Dissolves), ("snap", Snap),
            })
        {
            if (share is not (>= 0 and <= 1))
                yield return $"edits.{name} is {share}; it must be 0 to 1";
        }

        foreach (var (name, range) in new[] { ("lead", Lead), ("overlap", Overlap) })
        {
            if (range is not [var from, var to] || !(from >= 0 && from <= to && to <= 2))
                yield return $"edits.{name} must be two numbers of 0 to 2, the least first";
        }

        if (Extra is not (>= 0 and <= 60))
            yield return $"edits.extra is {Extra}; it must be 0 to 60";
        if (Pace is not (>= 0 and <= 0.5))
            yield return $"edits.pace is {Pace}; it must be 0 to 0.5";
        if (FrameRate is not (>= 10 and <= 60))
            yield return $"edits.frameRate is {FrameRate}; it must be 10 to 60";
        if (!Pipeline.Encoders.Known.Contains(Encoder))
            yield return $"edits.encoder '{Encoder}' is not one of {string.Join(", ", Pipeline.Encoders.Known)}";
    }
}

/// <summary>Where the picture is to change.</summary>
/// <param name="Frame">The first of the new picture; of a dissolve the middle one.</param>
internal readonly record struct Edit(int Frame, bool Dissolves);

/// <summary>The edits of a programme, and what its cues make of them.</summary>
internal static class EditList
{
    /// <summary>Seconds that a picture stays at least.</summary>
    private const double ShortestShot = 0.8;

    /// <summary>Seconds from a cut within which a cue's edge is moved to it: 12 pictures, as guides for timed text
    /// have it.</summary>
    private const double SnapWithin = 0.5;

    /// <summary>Seconds that a cue lasts at least.</summary>
    private const double ShortestCue = 0.5;

    /// <returns>In order; none within 0.8 s of another or of the ends.</returns>
    public static IReadOnlyList<Edit> Make(
        IReadOnlyList<SpokenProgramme.Said> speech, double length, EditHabits habits, Random random)
    {
        var times = new List<double>();
        for (var i = 1; i < speech.Count; i++)
        {
            if (random.NextDouble() < habits.Cuts)
                times.Add(Place(speech[i - 1].End, speech[i].Start, habits, random));
        }

        // In the order in which they are wanted: edits to the speech keep their place.
        for (var i = random.NextDouble(); i < habits.Extra * length / 60; i++)
            times.Add(length * random.NextDouble());
        var kept = new List<double>();
        foreach (var time in times)
        {
            if (time > ShortestShot && time < length - ShortestShot
                && kept.All(other => Math.Abs(other - time) >= ShortestShot))
            {
                kept.Add(time);
            }
        }

        return [.. kept.Order().Select(time =>
            new Edit((int)Math.Round(time * habits.FrameRate), random.NextDouble() < habits.Dissolves))];
    }

    /// <summary>Cues whose edges stand near a cut begin and end with it, in as many cases as the house does so.
    /// </summary>
    public static IReadOnlyList<TimedCue> Snap(
        IReadOnlyList<TimedCue> cues, IReadOnlyList<Edit> edits, EditHabits habits, Random random)
    {
        double[] cuts = [.. edits.Where(edit => !edit.Dissolves).Select(edit => edit.Frame / habits.FrameRate)];
        var snapped = new TimedCue[cues.Count];
        var earliest = 0.0;
        for (var i = 0; i < cues.Count; i++)
        {
            var latest = i + 1 < cues.Count ? cues[i + 1].Start : double.MaxValue;
            var start = Nearest(cues[i].Start);
            start = start >= earliest && start <= cues[i].End - ShortestCue ? start : Math.Max(earliest, cues[i].Start);
            var end = Nearest(cues[i].End);
            end = end >= start + ShortestCue && end <= latest ? end : cues[i].End;
            snapped[i] = cues[i] with { Start = start, End = end };
            earliest = end;
        }

        return snapped;

        double Nearest(double time)
        {
            var nearest = cuts.Length == 0 ? double.MaxValue : cuts.MinBy(cut => Math.Abs(cut - time));
            return Math.Abs(nearest - time) <= SnapWithin && random.NextDouble() < habits.Snap ? nearest : time;
        }
    }

    private static double Place(double before, double start, EditHabits habits, Random random)
    {
        var kind = random.NextDouble();
        var overlap = Draw(habits.Overlap);
        if (kind < habits.JCuts)
            return start + overlap;
        return kind < habits.JCuts + habits.LCuts ? Math.Min(before, start) - overlap : start - Draw(habits.Lead);

        double Draw(double[] range) => range[0] + (range[1] - range[0]) * random.NextDouble();
    }
}
