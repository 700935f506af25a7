using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Pipeline;

/// <summary>Picks regions by quota, seeded, spread over sources and settings.</summary>
public static class CandidatePicker
{
    /// <summary>Takes up to the quota of each class, spread over sources, settings, faults and severities.</summary>
    /// <param name="candidates">All labelled regions.</param>
    /// <param name="quota">Number wanted of each class.</param>
    /// <param name="random">Seeded.</param>
    public static List<Candidate> Pick(
        IEnumerable<Candidate> candidates, IReadOnlyDictionary<string, int> quota, Random random) =>
        Quota.Pick(
            candidates,
            QcClasses.Names,
            candidate => candidate.Label.Class,
            candidate => (candidate.Job.Source, candidate.Job.Options, candidate.Job.Fault, candidate.Label.Severity),
            quota,
            random);

    /// <summary>The picked regions as a stored set.</summary>
    public static PatchSet ToSet(string task, IReadOnlyList<Candidate> picked)
    {
        var sources = picked.Select(c => c.Job.Source).Distinct().Order(StringComparer.Ordinal).ToList();
        return new PatchSet(
            task,
            QcFeatures.Name,
            QcFeatures.StoredShape,
            QcClasses.Names,
            sources,
            [.. picked.Select(c => QcClasses.Index(c.Label.Class))],
            [.. picked.Select(c => c.Label.Severity)],
            [.. picked.Select(c => (ushort)sources.IndexOf(c.Job.Source))],
            [.. picked.SelectMany(c => c.Maps)]);
    }
}
