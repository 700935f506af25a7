using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline.Labels;

namespace Fed.MediaQc.Pipeline;

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
                $"{name}: {set.Count} of {all} patches were found; look at its sources and faults, or lower the quotas");
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
