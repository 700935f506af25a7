using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.MediaQc.Learned;

namespace Fed.MediaQc.Programmes;

/// <summary>Says of stretches of a programme what they are.</summary>
public interface IStretchScorer
{
    /// <param name="maps">Of <see cref="ProgrammeFeatures"/>, one after the other.</param>
    /// <param name="probabilities">Stretches x classes, in the order of <see cref="StreamClasses.Names"/>;
    /// overwritten.</param>
    void Score(ReadOnlySpan<byte> maps, Span<float> probabilities);
}

/// <summary>By a trained model of the multimodal task.</summary>
public sealed class ModelStretchScorer : MapScorer, IStretchScorer
{
    private ModelStretchScorer(LearnedModel model)
        : base(model, new ProgrammeFeatures(), ProgrammeFeatures.StoredShape)
    {
    }

    /// <param name="name">What errors call it.</param>
    /// <exception cref="DataFileException">It is a model of another task.</exception>
    public static ModelStretchScorer Of(LearnedModel model, string name) =>
        model.Card.Features == ProgrammeFeatures.Name && model.Card.Classes.SequenceEqual(StreamClasses.Names)
            && model.InputLength == ProgrammeFeatures.Length
            ? new ModelStretchScorer(model)
            : throw new DataFileException(
                name,
                $"it is of features {model.Card.Features} and classes {string.Join(", ", model.Card.Classes)}; a "
                + $"model of {ProgrammeFeatures.Name} and {string.Join(", ", StreamClasses.Names)} is needed");
}

/// <summary>What is to be thought of a programme.</summary>
public enum StreamVerdict
{
    /// <summary>It is too short, or no displacement makes it look in sync, or several do.</summary>
    CannotTell,

    /// <summary>Nobody notices anything.</summary>
    InSync,

    /// <summary>Sound and picture are so far apart that viewers notice, and may be delivered.</summary>
    Detectable,

    /// <summary>Sound and picture are too far apart, or cues stand elsewhere.</summary>
    Unacceptable,
}

/// <summary>How the streams of a programme lie to each other.</summary>
/// <param name="Displacement">Which stream does not stand where the others do; none where it cannot be told.</param>
/// <param name="Confidence">By how much better the programme looks in sync with this displacement undone than with any
/// other: the mean difference of log P(in sync); <see cref="StreamEstimator.Enough"/> is needed.</param>
/// <param name="Likely">P(in sync), the geometric mean over the stretches, with the displacement undone.</param>
public sealed record StreamFinding(
    StreamVerdict Verdict, Displacement Displacement, double Confidence, double Likely);

/// <summary>
/// Finds which stream of a programme is displaced, and by how much, with a model that judges stretches of a minute:
/// each stream is moved back by each offset, and what makes the stretches look in sync is the answer. It is believed
/// only if nothing that is clearly different makes them look so, too.
/// </summary>
/// <param name="scorer">Judges stretches.</param>
/// <param name="seconds">Length of a stretch: that of those it has learned from.</param>
public sealed class StreamEstimator(IStretchScorer scorer, double seconds = StreamEstimator.Stretch)
{
    /// <summary>Seconds: a programme that is shorter has too few edits.</summary>
    public const double Shortest = ShortestShare * Stretch;

    private const double Stretch = 60;

    /// <summary>See <see cref="StreamFinding.Confidence"/>.</summary>
    public const double Enough = 0.5;

    /// <summary>See <see cref="StreamFinding.Likely"/>: below, nothing looks in sync.</summary>
    public const double LeastLikely = 0.3;

    /// <summary>Of a stretch.</summary>
    private const double ShortestShare = 0.5;

    private const double CoarseStep = 0.1, FineStep = 0.01;

    /// <summary>Seconds to either side of a coarse step.</summary>
    private const double Near = 0.1;

    /// <summary>Seconds beyond the furthest displacement.</summary>
    private const double Margin = 0.2;

    /// <summary>Seconds between two displacements, for any pair of streams, from which they are different
    /// answers.</summary>
    private const double Apart = 0.25;

    /// <summary>No stretch may count for more.</summary>
    private const float LeastProbability = 0.02f;

    public StreamFinding Estimate(ProgrammeStreams streams)
    {
        if (streams.Sound.Length < ShortestShare * seconds || streams.Cues.Count == 0 || streams.Cuts.Count == 0)
            return new StreamFinding(StreamVerdict.CannotTell, Displacement.None, 0, 0);
        var coarse = Candidates().Select(one => (Displacement: one, Score: Score(streams, one))).ToList();
        var (best, score) = Refine(streams, coarse.MaxBy(one => one.Score).Displacement);
        var rival = coarse.Where(one => Distance(one.Displacement, best) >= Apart).Max(one => one.Score);
        var (confidence, likely) = (score - rival, Math.Exp(score));
        if (confidence < Enough || likely < LeastLikely)
            return new StreamFinding(StreamVerdict.CannotTell, Displacement.None, confidence, likely);
        // A programme that looks in sync as it is has nothing to be undone.
        return score - Score(streams, Displacement.None) < Enough
            ? new StreamFinding(StreamVerdict.InSync, Displacement.None, confidence, likely)
            : new StreamFinding(Verdict(best), best, confidence, likely);
    }

    /// <summary>Of sound and picture by BT.1359; of cues by <see cref="Displacement.CuesOff"/>.</summary>
    public static StreamVerdict Verdict(Displacement displacement)
    {
        var late = displacement.SoundBehindPicture;
        if (displacement.Stream == Modality.Cues)
        {
            return Math.Abs(displacement.Seconds) < Displacement.CuesOff
                ? StreamVerdict.InSync
                : StreamVerdict.Unacceptable;
        }

        if (late >= SyncLimits.AcceptableLate || -late >= SyncLimits.AcceptableEarly)
            return StreamVerdict.Unacceptable;
        return late >= SyncLimits.DetectableLate || -late >= SyncLimits.DetectableEarly
            ? StreamVerdict.Detectable
            : StreamVerdict.InSync;
    }

    private static IEnumerable<Displacement> Candidates() =>
        from stream in Enum.GetValues<Modality>()
        let most = (stream == Modality.Cues ? Displacement.FurthestCues : Displacement.Furthest) + Margin
        let steps = (int)Math.Round(most / CoarseStep)
        from step in Enumerable.Range(-steps, 2 * steps + 1)
        select new Displacement(stream, step * CoarseStep);

    /// <summary>The middle of what is likely around a candidate.</summary>
    private (Displacement Displacement, double Score) Refine(ProgrammeStreams streams, Displacement start)
    {
        var steps = (int)Math.Round(Near / FineStep);
        var near = Enumerable.Range(-steps, 2 * steps + 1)
            .Select(step => start with { Seconds = start.Seconds + step * FineStep })
            .Select(one => (Displacement: one, Score: Score(streams, one))).ToList();
        var most = near.Max(one => one.Score);
        var weights = near.Select(one => Math.Exp(Stretches(streams).Length * (one.Score - most))).ToList();
        var middle = near.Zip(weights, (one, weight) => one.Displacement.Seconds * weight).Sum() / weights.Sum();
        var best = start with { Seconds = middle };
        return (best, Score(streams, best));
    }

    /// <returns>With the displacement undone, the mean over the stretches of log P(in sync).</returns>
    private double Score(ProgrammeStreams streams, Displacement displacement)
    {
        var undone = streams.Displaced(displacement with { Seconds = -displacement.Seconds });
        var stretches = Stretches(streams);
        var maps = new byte[stretches.Length * ProgrammeFeatures.Length];
        foreach (var (i, from) in stretches.Index())
        {
            ProgrammeFeatures.Extract(
                undone, from, from + seconds, maps.AsSpan(i * ProgrammeFeatures.Length, ProgrammeFeatures.Length));
        }

        var classes = StreamClasses.Names.Count;
        var probabilities = new float[stretches.Length * classes];
        scorer.Score(maps, probabilities);
        return Enumerable.Range(0, stretches.Length).Average(i =>
            Math.Log(Math.Max(probabilities[i * classes + (int)StreamClass.InSync], LeastProbability)));
    }

    /// <summary>Where stretches begin: side by side, the last one at the end.</summary>
    private double[] Stretches(ProgrammeStreams streams)
    {
        var count = Math.Max(1, (int)Math.Round(streams.Sound.Length / seconds));
        var last = Math.Max(0, streams.Sound.Length - seconds);
        return [.. Enumerable.Range(0, count).Select(i => count == 1 ? last / 2 : last * i / (count - 1))];
    }

    /// <summary>Seconds by which two displacements differ for the pair of streams for which they differ most.</summary>
    private static double Distance(Displacement one, Displacement other) =>
        Enum.GetValues<Modality>().SelectMany(a => Enum.GetValues<Modality>().Select(b =>
            Math.Abs(Lag(one, a) - Lag(one, b) - Lag(other, a) + Lag(other, b)))).Max();

    private static double Lag(Displacement displacement, Modality stream) =>
        displacement.Stream == stream ? displacement.Seconds : 0;
}
