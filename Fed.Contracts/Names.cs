using System.Text.RegularExpressions;
using Fed.Contracts.Refusals;

namespace Fed.Contracts;

/// <summary>Names of federations, clusters and participants: they stand in URLs, file names and metrics.</summary>
public static partial class Names
{
    public const int MaxLength = 64;

    /// <exception cref="RefusedException">The name is not 1-64 lower-case letters, digits, dots or dashes.</exception>
    public static string Require(string? name, string what) => name is not null && Pattern().IsMatch(name)
        ? name
        : throw new RefusedException(
            RefusalCode.InvalidSettings,
            $"{what} '{Shorten(name)}' is not a valid name",
            $"use 1-{MaxLength} lower-case letters, digits, dots or dashes, starting with a letter or digit");

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.\-]{0,63}\z")]
    private static partial Regex Pattern();

    private static string Shorten(string? name) =>
        name is null ? "" : name.Length <= MaxLength ? name : name[..MaxLength] + "...";
}

/// <summary>Keys of grains that live inside a federation: <c>federation/name</c>.</summary>
public static class GrainKeys
{
    public static string Within(string federation, string name) => $"{federation}/{name}";

    /// <summary>Of a federation's aggregators: the global one, then the clusters'.</summary>
    public static IReadOnlyList<string> Aggregators(string federation, IEnumerable<string> clusters) =>
        [federation, .. clusters.Select(cluster => Within(federation, cluster))];

    /// <summary>Splits a key made by <see cref="Within"/>.</summary>
    public static (string Federation, string Name) Split(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            ? (key[..slash], key[(slash + 1)..])
            : throw new ArgumentException($"'{key}' is not of the form federation/name", nameof(key));
    }
}

/// <summary>How tiers are named in manifests, in the registry and in metrics; clusters go by their keys.</summary>
public static class TierNames
{
    /// <summary>The global tier.</summary>
    public const string Global = "global";

    /// <summary>The moves of the channel stable.</summary>
    public const string Stable = "stable";

    /// <summary>What stewards gave up keeping.</summary>
    public const string Retention = "retention";

    /// <summary>None of them can be the name of a cluster.</summary>
    public static IReadOnlyList<string> Reserved { get; } = [Global, Stable, Retention];
}
