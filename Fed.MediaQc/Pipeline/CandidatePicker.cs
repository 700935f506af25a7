using Fed.MediaQc.Features;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Pipeline;

/// <summary>Picks patches by quota, seeded, spread over sources and settings.</summary>
public static class CandidatePicker
{
    /// <summary>
    /// Takes up to the quota of each class: round after round one patch of each group (source, setting, fault,
    /// severity), so that no single clip dominates.
    /// </summary>
    /// <param name="candidates">All labelled patches.</param>
    /// <param name="quota">Number wanted of each class.</param>
    /// <param name="random">Seeded.</param>
    public static List<Candidate> Pick(
        IEnumerable<Candidate> candidates, IReadOnlyDictionary<string, int> quota, Random random)
    {
        var picked = new List<Candidate>();
        var byClass = candidates.ToLookup(candidate => candidate.Label.Class);
        foreach (var name in QcClasses.Names)
            picked.AddRange(PickClass(byClass[name], quota.GetValueOrDefault(name), random));
        return [.. picked.OrderBy(_ => random.Next())];
    }

    private static IEnumerable<Candidate> PickClass(IEnumerable<Candidate> candidates, int wanted, Random random)
    {
        var groups = candidates
            .GroupBy(c => (c.Job.Source, c.Job.Options, c.Job.Fault, c.Label.Severity))
            .Select(group => new Queue<Candidate>(group.OrderBy(_ => random.Next())))
            .ToList();
        var taken = 0;
        while (taken < wanted && groups.Count > 0)
        {
            foreach (var group in groups.OrderBy(_ => random.Next()).Take(wanted - taken).ToList())
            {
                taken++;
                yield return group.Dequeue();
            }

            groups.RemoveAll(group => group.Count == 0);
        }
    }

    /// <summary>The picked patches as a stored set.</summary>
    public static PatchSet ToSet(string task, IReadOnlyList<Candidate> picked)
    {
        var sources = picked.Select(c => c.Job.Source).Distinct().Order(StringComparer.Ordinal).ToList();
        return new PatchSet(
            task,
            QcFeatures.Name,
            [PatchWindow.FrameCount, PatchWindow.Pixels, PatchWindow.Pixels],
            QcClasses.Names,
            sources,
            [.. picked.Select(c => QcClasses.Index(c.Label.Class))],
            [.. picked.Select(c => c.Label.Severity)],
            [.. picked.Select(c => (ushort)sources.IndexOf(c.Job.Source))],
            [.. picked.SelectMany(c => c.Pixels)]);
    }
}

/// <summary>What a part of the set was to have, beside what was found for it.</summary>
internal static class Quota
{
    /// <summary>A part with fewer patches than this share of its quotas is no part: its sources are not what the plan
    /// takes them for. The poorest part of the shipped set has 0.83 of its quotas.</summary>
    public const double LeastShare = 0.25;

    /// <summary>A class with less than this share of its quota is told by name.</summary>
    public const double FarBelow = 0.5;

    /// <exception cref="DataFileException">Less than <see cref="LeastShare"/> was found.</exception>
    /// <returns>A warning that names the classes missed by far, or null.</returns>
    public static string? Check(string name, string path, PatchSet set, IReadOnlyDictionary<string, int> wanted)
    {
        var all = QcClasses.Names.Sum(label => wanted.GetValueOrDefault(label));
        if (set.Count == 0 || set.Count < LeastShare * all)
        {
            throw new DataFileException(
                path,
                $"{name}: {set.Count} of {all} patches were found; look at its sources and faults, or lower the "
                + "quotas");
        }

        var counts = set.CountByClass();
        var missed = QcClasses.Names
            .Select((label, index) => (Label: label, Found: counts[index], Wanted: wanted.GetValueOrDefault(label)))
            .Where(one => one.Found < FarBelow * one.Wanted)
            .Select(one => $"{one.Label} {one.Found} of {one.Wanted}")
            .ToList();
        return missed.Count > 0
            ? $"warning: {name}: fewer than half of the patches wanted: {string.Join(", ", missed)}"
            : null;
    }
}
