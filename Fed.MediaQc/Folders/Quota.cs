using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Folders;

/// <summary>How many samples of each class a part of a set is to have: picking them, and what is missing.</summary>
internal static class Quota
{
    /// <summary>A part with fewer samples than this share of its quotas is no part: its sources are not what the plan
    /// takes them for. The poorest part of the shipped sets has 0.83 of its quotas.</summary>
    public const double LeastShare = 0.25;

    /// <summary>A class with less than this share of its quota is told by name.</summary>
    public const double FarBelow = 0.5;

    /// <summary>
    /// Takes up to the quota of each class: round after round one candidate of each group (source, setting, fault,
    /// severity), so that no single source dominates.
    /// </summary>
    /// <param name="candidates">All labelled samples.</param>
    /// <param name="classes">Class names in the order of their labels.</param>
    /// <param name="classOf">Class of a candidate.</param>
    /// <param name="groupOf">Group of a candidate.</param>
    /// <param name="wanted">Number wanted of each class.</param>
    /// <param name="random">Seeded.</param>
    public static List<T> Pick<T, TGroup>(
        IEnumerable<T> candidates,
        IReadOnlyList<string> classes,
        Func<T, string> classOf,
        Func<T, TGroup> groupOf,
        IReadOnlyDictionary<string, int> wanted,
        Random random)
    {
        var picked = new List<T>();
        var byClass = candidates.ToLookup(classOf);
        foreach (var name in classes)
            picked.AddRange(PickClass(byClass[name], groupOf, wanted.GetValueOrDefault(name), random));
        return [.. picked.OrderBy(_ => random.Next())];
    }

    /// <exception cref="DataFileException">Less than <see cref="LeastShare"/> was found.</exception>
    /// <returns>A warning that names the classes missed by far, or null.</returns>
    public static string? Check(string name, string path, PatchSet set, IReadOnlyDictionary<string, int> wanted)
    {
        var all = set.Classes.Sum(label => wanted.GetValueOrDefault(label));
        if (set.Count == 0 || set.Count < LeastShare * all)
        {
            throw new DataFileException(
                path,
                $"{name}: {set.Count} of {all} samples were found; look at its sources and faults, or lower the "
                + "quotas");
        }

        var counts = set.CountByClass();
        var missed = set.Classes
            .Select((label, index) => (Label: label, Found: counts[index], Wanted: wanted.GetValueOrDefault(label)))
            .Where(one => one.Found < FarBelow * one.Wanted)
            .Select(one => $"{one.Label} {one.Found} of {one.Wanted}")
            .ToList();
        return missed.Count > 0
            ? $"warning: {name}: fewer than half of the samples wanted: {string.Join(", ", missed)}"
            : null;
    }

    private static IEnumerable<T> PickClass<T, TGroup>(
        IEnumerable<T> candidates, Func<T, TGroup> groupOf, int wanted, Random random)
    {
        var groups = candidates
            .GroupBy(groupOf)
            .Select(group => new Queue<T>(group.OrderBy(_ => random.Next())))
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
}

/// <summary>Seeds for the many random choices of one build.</summary>
internal static class StableSeed
{
    /// <summary>A number that depends on its arguments only, the same on every machine.</summary>
    public static int Of(params object[] parts)
    {
        var text = string.Join('|', parts.Select(part => FormattableString.Invariant($"{part}")));
        return BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) & int.MaxValue;
    }
}
