using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Cues;

/// <summary>One held-out programme whose cues were moved by a known timing, and what was found.</summary>
/// <param name="Bed">What lay under the speech.</param>
/// <param name="Truth">What puts the cues right; null: nothing does, they are those of another programme.</param>
/// <param name="Found">By the model.</param>
/// <param name="Correlated">By <see cref="CorrelationSync"/>.</param>
/// <param name="Error">Seconds by which the model's timing misses the truth, mean over the cues; 0 without
/// one.</param>
/// <param name="CorrelatedError">Likewise.</param>
public sealed record SyncTrial(
    string Language,
    string Bed,
    CueTiming? Truth,
    SyncResult Found,
    CueTiming Correlated,
    double Error,
    double CorrelatedError);

/// <summary>
/// Tries both ways to find a file's timing on programmes of held-out recordings: a quarter is in sync, a
/// quarter has an offset, a quarter an offset and another frame rate, and a quarter the cues of another programme. A
/// cue in ten is missing, one in twenty has another's text.
/// </summary>
public static class SyncTrials
{
    /// <summary>Seconds.</summary>
    private const double LeastOffset = 0.4, MostOffset = 20;

    private const int Kinds = 4;

    /// <param name="root">Directory below which the plan's paths lie.</param>
    /// <param name="programmes">For each language.</param>
    /// <param name="heldOut">Identifiers of a language's recordings that no house has.</param>
    /// <param name="seed">Of the programmes.</param>
    /// <exception cref="DataFileException">Recordings are missing or damaged.</exception>
    public static IEnumerable<SyncTrial> Run(
        SubtitlePlan plan,
        string root,
        Func<string, IReadOnlySet<string>> heldOut,
        int programmes,
        int seed,
        SyncEstimator estimator)
    {
        foreach (var language in plan.Languages)
        {
            var known = heldOut(language.Key);
            Utterance[] held =
                [.. Recordings.Read(language, root).Utterances.Where(utterance => known.Contains(utterance.Id))];
            var houses = plan.HousesOf(language);
            var random = new Random(StableSeed.Of(seed, "trials", language.Key));
            for (var i = 0; i < programmes; i++)
            {
                var house = houses[i % houses.Length];
                var bed = house.Beds[i / houses.Length % house.Beds.Length];
                var programme = SpokenProgramme.Make(held, house.Habits, bed, plan.Utterances, random);
                var truth = Timing(i % Kinds, random);
                var cues = truth is null
                    ? SpokenProgramme.Make(held, house.Habits, "none", plan.Utterances, random).Cues
                    : programme.Cues;
                yield return Try(programme.Levels, Disturb(cues, random), truth, estimator) with
                {
                    Language = language.Key,
                    Bed = bed,
                };
            }
        }
    }

    private static CueTiming? Timing(int kind, Random random)
    {
        var offset = (random.Next(2) == 0 ? 1 : -1) * LeastOffset
            * Math.Pow(MostOffset / LeastOffset, random.NextDouble());
        return kind switch
        {
            0 => CueTiming.None,
            1 => new CueTiming(offset, 1),
            2 => new CueTiming(offset / 2, CueTiming.Scales[1 + random.Next(CueTiming.Scales.Count - 1)]),
            _ => null,
        };
    }

    private static IReadOnlyList<TimedCue> Disturb(IReadOnlyList<TimedCue> cues, Random random) =>
    [
        .. cues.Where(_ => random.Next(10) > 0).Select(cue =>
            random.Next(20) > 0 ? cue : cue with { Letters = cues[random.Next(cues.Count)].Letters }),
    ];

    private static SyncTrial Try(
        SoundLevels sound, IReadOnlyList<TimedCue> cues, CueTiming? truth, SyncEstimator estimator)
    {
        var right = truth ?? CueTiming.None;
        var moved = new CueTiming(-right.Offset / right.Scale, 1 / right.Scale).Apply(cues);
        var found = estimator.Estimate(sound, moved);
        var correlated = CorrelationSync.Estimate(sound, moved);
        return new SyncTrial("", "", truth, found, correlated, Miss(found.Timing), Miss(correlated));

        double Miss(CueTiming timing) => truth is { } known ? timing.Distance(known, moved) : 0;
    }
}
