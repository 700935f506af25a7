using Fed.MediaQc.Cues;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Programmes;

/// <summary>A held-out programme with one stream moved by a known time, and what was found.</summary>
/// <param name="Kind">Which stream was moved, or what else was done.</param>
/// <param name="Truth">Null: the pictures are those of another programme.</param>
/// <param name="Found">By the model.</param>
/// <param name="Ruled">By <see cref="StreamBaseline"/> over the whole programme.</param>
public sealed record StreamTrial(
    string Language, string Kind, Displacement? Truth, StreamFinding Found, Displacement Ruled);

/// <summary>
/// Tries both ways on programmes of held-out recordings and photographs, with the houses' habits: each programme in
/// sync, with each stream moved, and with the pictures of the one before.
/// </summary>
public static class StreamTrials
{
    /// <param name="root">Directory below which the plan's paths lie.</param>
    /// <param name="heldOut">Identifiers of a language's recordings that no house has.</param>
    /// <param name="programmes">For each language.</param>
    /// <param name="seed">Of the programmes.</param>
    /// <exception cref="DataFileException">Recordings or photographs are missing or damaged.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed.</exception>
    public static async Task<IReadOnlyList<StreamTrial>> RunAsync(
        ProgrammePlan plan,
        string root,
        Func<string, IReadOnlySet<string>> heldOut,
        int programmes,
        int seed,
        StreamEstimator estimator,
        StreamBaseline rules,
        CancellationToken cancel)
    {
        var scratch = Directory.CreateTempSubdirectory("fed-trials-").FullName;
        try
        {
            var maker = new ProgrammeMaker(plan, root, scratch);
            var trials = new List<StreamTrial>();
            foreach (var language in plan.Languages)
            {
                var known = heldOut(language.Key);
                Utterance[] held =
                    [.. Recordings.Read(language, root).Utterances.Where(utterance => known.Contains(utterance.Id))];
                var houses = plan.HousesOf(language);
                var random = new Random(StableSeed.Of(seed, "trials", language.Key));
                IReadOnlyList<Cut>? others = null;
                for (var i = 0; i < programmes; i++)
                {
                    var house = houses[i % houses.Length];
                    var bed = house.Beds[i / houses.Length % house.Beds.Length];
                    var made = await maker.MakeAsync(held, house, plan.TestPictures, bed, random, cancel);
                    trials.AddRange(Try(made.Streams, others, random, estimator, rules).Select(trial =>
                        trial with { Language = language.Key }));
                    others = made.Streams.Cuts;
                }
            }

            return trials;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static IEnumerable<StreamTrial> Try(
        ProgrammeStreams streams,
        IReadOnlyList<Cut>? others,
        Random random,
        StreamEstimator estimator,
        StreamBaseline rules)
    {
        yield return One("in sync", streams, Displacement.None);
        foreach (var stream in Enum.GetValues<Modality>())
        {
            var truth = Displacement.Draw(Displacement.OfStream(stream, random.Next(2) == 0), random);
            yield return One($"{stream} displaced", streams.Displaced(truth), truth);
        }

        if (others is not null)
            yield return One("pictures of another programme", streams with { Cuts = others }, null);

        StreamTrial One(string kind, ProgrammeStreams given, Displacement? truth)
        {
            var map = new byte[ProgrammeFeatures.Length];
            ProgrammeFeatures.Extract(given, 0, given.Sound.Length, map);
            return new StreamTrial("", kind, truth, estimator.Estimate(given), rules.Explain(map));
        }
    }
}
