namespace Fed.MediaQc.Cues;

/// <summary>What is to be thought of a file's timing.</summary>
public enum SyncVerdict
{
    /// <summary>Too little speech, too few cues, or another timing is nearly as likely.</summary>
    CannotTell,

    InSync,

    /// <summary>All cues are off by an offset, or by a ratio of frame rates.</summary>
    OutOfSync,
}

/// <summary>The timing of a file.</summary>
/// <param name="Timing">What puts it right; nothing where it is in sync or cannot be told.</param>
/// <param name="Confidence">By how many standard errors the cues prefer this timing to the next best one that moves
/// them by half a second or more: 3 is needed to be told.</param>
/// <param name="Likely">Mean probability that a cue stands where its speech is, with this timing, 0 to 1.</param>
public sealed record SyncResult(SyncVerdict Verdict, CueTiming Timing, double Confidence, double Likely);

/// <summary>
/// Finds offset and drift of a file's cues with a model that judges single cues. Each candidate timing is scored by the
/// mean over the cues of log P(the cue stands where its speech is); the best one is refined, and believed only if the
/// cues agree on it against every other. So a loud bed or a silent stretch weakens the evidence; it is no evidence.
/// </summary>
/// <param name="scorer">Judges single cues.</param>
/// <param name="range">Seconds to each side in which an offset is looked for, above 0, at most 600.</param>
public sealed class SyncEstimator(ICueScorer scorer, double range = 30)
{
    /// <summary>Fewer prove nothing.</summary>
    public const int FewestCues = 8;

    /// <summary>See <see cref="SyncResult.Confidence"/>.</summary>
    public const double Enough = 3;

    /// <summary>A best timing with which the mean cue is less likely than this is none.</summary>
    public const double LeastLikely = 0.35;

    /// <summary>Seconds; what is nearer is the same timing, and in sync.</summary>
    public const double SameTiming = 0.1;

    /// <summary>Seconds; the model takes a cue that is off by less for right.</summary>
    private const double CoarseStep = 0.2;

    private const double FineStep = 0.02;

    /// <summary>Seconds from which another timing speaks against the best one.</summary>
    private const double Apart = 0.5;

    private const int FirstCues = 12, SecondCues = 40, MostCues = 120;

    /// <summary>Candidates that are looked at again, with more cues.</summary>
    private const int Kept = 60;

    /// <summary>No single cue may count for more: some are wrong.</summary>
    private const float LeastProbability = 0.03f;

    private readonly double _range = range is > 0 and <= 600
        ? range
        : throw new ArgumentOutOfRangeException(nameof(range), range, "the range must be above 0 and at most 600 s");

    /// <param name="cues">In the order of their starts, see <see cref="TimedCue.From"/>.</param>
    public SyncResult Estimate(SoundLevels sound, IReadOnlyList<TimedCue> cues)
    {
        if (cues.Count < FewestCues)
            return new SyncResult(SyncVerdict.CannotTell, CueTiming.None, 0, 0);
        var candidates = Best(sound, cues, Candidates(), FirstCues);
        candidates = [.. Best(sound, cues, candidates, SecondCues).Append(CueTiming.None)];
        var all = Spread(cues.Count, MostCues);
        var scored = candidates.Select(timing => (Timing: timing, Scores: Score(sound, cues, timing, all))).ToList();
        var (best, scores) = Refine(sound, cues, scored.MaxBy(one => one.Scores.Average()).Timing, all);
        (best, scores) = Plain(sound, cues, best, scores, all);
        var rivals = scored.Where(one => one.Timing.Distance(best, cues) >= Apart).ToList();
        var confidence = rivals.Count == 0 ? 0 : rivals.Min(one => Preference(scores, one.Scores));
        var likely = scores.Average(score => Math.Exp(score));
        if (confidence < Enough || likely < LeastLikely)
            return new SyncResult(SyncVerdict.CannotTell, CueTiming.None, confidence, likely);
        var unmoved = scored[^1].Scores;
        // Who does not clearly prefer a correction gets none.
        return best.Distance(CueTiming.None, cues) < SameTiming || Preference(scores, unmoved) < Enough
            ? new SyncResult(SyncVerdict.InSync, CueTiming.None, confidence, likely)
            : new SyncResult(SyncVerdict.OutOfSync, best, confidence, likely);
    }

    private IEnumerable<CueTiming> Candidates() =>
        from scale in CueTiming.Scales
        from step in Enumerable.Range(0, 2 * (int)(_range / CoarseStep) + 1)
        select new CueTiming(step * CoarseStep - _range, scale);

    private IEnumerable<CueTiming> Best(
        SoundLevels sound, IReadOnlyList<TimedCue> cues, IEnumerable<CueTiming> candidates, int count)
    {
        var few = Spread(cues.Count, count);
        return [.. candidates.OrderByDescending(timing => Score(sound, cues, timing, few).Average()).Take(Kept)];
    }

    /// <summary>The middle of what is likely around a candidate: its neighbours' offsets, weighed by their
    /// likelihood.</summary>
    private (CueTiming Timing, float[] Scores) Refine(
        SoundLevels sound, IReadOnlyList<TimedCue> cues, CueTiming start, int[] all)
    {
        var near = Enumerable.Range(-20, 41).Select(step => start with { Offset = start.Offset + step * FineStep })
            .Select(timing => (Timing: timing, Sum: (double)Score(sound, cues, timing, all).Sum())).ToList();
        var most = near.Max(one => one.Sum);
        var weights = near.Select(one => Math.Exp(one.Sum - most)).ToList();
        var offset = near.Zip(weights, (one, weight) => one.Timing.Offset * weight).Sum() / weights.Sum();
        var best = start with { Offset = offset };
        return (best, Score(sound, cues, best, all));
    }

    /// <summary>The offset alone, unless the cues clearly prefer another rate to it: over minutes, 1001 of 1000 is
    /// nothing.</summary>
    private (CueTiming Timing, float[] Scores) Plain(
        SoundLevels sound, IReadOnlyList<TimedCue> cues, CueTiming best, float[] scores, int[] all)
    {
        if (best.Scale == 1)
            return (best, scores);
        var middle = cues.Average(cue => cue.Start);
        var plain = Refine(sound, cues, new CueTiming(best.Offset + (best.Scale - 1) * middle, 1), all);
        return Preference(scores, plain.Scores) < Enough ? plain : (best, scores);
    }

    /// <summary>Mean difference of two timings over the cues, in standard errors of that mean.</summary>
    private static double Preference(float[] scores, float[] others)
    {
        var differences = scores.Zip(others, (one, other) => (double)one - other).ToArray();
        var mean = differences.Average();
        var variance = differences.Sum(value => (value - mean) * (value - mean)) / (differences.Length - 1);
        return mean / Math.Sqrt(variance / differences.Length + 1e-6);
    }

    /// <returns>For each of the cues log P(it stands where its speech is).</returns>
    private float[] Score(SoundLevels sound, IReadOnlyList<TimedCue> cues, CueTiming timing, int[] which)
    {
        var moved = timing.Apply(cues);
        var planes = new byte[which.Length * CueFeatures.Length];
        for (var i = 0; i < which.Length; i++)
            CueFeatures.Extract(sound, moved, which[i], planes.AsSpan(i * CueFeatures.Length, CueFeatures.Length));
        var classes = CueClasses.Names.Count;
        var probabilities = new float[which.Length * classes];
        scorer.Score(planes, probabilities);
        var scores = new float[which.Length];
        for (var i = 0; i < which.Length; i++)
        {
            // A cue beside speech without one is in its place, too.
            var right = probabilities[i * classes + (int)CueClass.Ok]
                + probabilities[i * classes + (int)CueClass.MissingNeighbour];
            scores[i] = MathF.Log(Math.Max(right, LeastProbability));
        }

        return scores;
    }

    /// <summary>Indices of so many cues, from all over the programme.</summary>
    private static int[] Spread(int count, int wanted) => count <= wanted
        ? [.. Enumerable.Range(0, count)]
        : [.. Enumerable.Range(0, wanted).Select(i => (int)((i + 0.5) * count / wanted))];
}
