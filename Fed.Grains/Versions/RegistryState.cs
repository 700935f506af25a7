using System.Collections.Immutable;
using Fed.Contracts;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Orleans;

namespace Fed.Grains.Versions;

/// <summary>Persistent state of the version DAG; its nodes stand in pages.</summary>
[GenerateSerializer, Immutable, Alias("fed.state.registry")]
public sealed record RegistryState
{
    /// <summary>By tier, the newest version.</summary>
    [Id(0)]
    public ImmutableSortedDictionary<string, long> Newest { get; init; } =
        ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    [Id(1)] public ImmutableList<VersionRange> Withdrawn { get; init; } = [];

    /// <summary>Null until something is promoted.</summary>
    [Id(2)] public StableChannel? Stable { get; init; }

    /// <summary>Null until versions are given up.</summary>
    [Id(3)] public RetentionMark? Retention { get; init; }
}

/// <summary>The refusal of a version that is no longer kept.</summary>
internal static class CollectedVersion
{
    public static RefusedException Refuse(long number) => new(
        RefusalCode.VersionCollected,
        $"global version {number} is no longer kept",
        "name a later one; 'fed admin versions' shows which are collected");
}

/// <summary>The registry's node for a manifest.</summary>
public static class VersionRecords
{
    public static VersionRecord Of(VersionManifest manifest, string manifestHash) => new(
        manifest.Tier,
        manifest.Number,
        manifest.ModelSha256,
        manifestHash,
        manifest.Parents,
        manifest.Kind == "fold" ? Math.Max(manifest.Contributions.Count, manifest.Inputs.Count) : 0,
        manifest.CommittedAt,
        Evaluation: null,
        manifest.Kind,
        manifest.GlobalVersion,
        Withdrawn: false,
        Collected: false);
}

/// <summary>The global versions that rollbacks have withdrawn, as few ranges.</summary>
internal static class WithdrawnVersions
{
    /// <summary>Adds a range that ends at the newest version: it swallows those within it.</summary>
    public static ImmutableList<VersionRange> Withdraw(this ImmutableList<VersionRange> ranges, VersionRange newest) =>
        ranges.RemoveAll(range => range.First >= newest.First).Add(newest);

    public static bool Has(this IEnumerable<VersionRange> ranges, long version) =>
        ranges.Any(range => range.Contains(version));
}

/// <summary>Where the stable channel points. Its moves are a chain of signed manifests of their own.</summary>
/// <param name="Move">Number of the last move, from 1.</param>
/// <param name="ManifestSha256">Manifest of that move.</param>
/// <param name="Version">The global version.</param>
[GenerateSerializer, Immutable, Alias("fed.state.stable")]
public sealed record StableChannel(
    [property: Id(0)] long Move, [property: Id(1)] string ManifestSha256, [property: Id(2)] long Version)
{
    /// <summary>The manifest of the next move.</summary>
    /// <param name="current">Null before the first.</param>
    public static VersionManifest Next(
        StableChannel? current,
        string federation,
        string kind,
        VersionRecord target,
        string by,
        string reason,
        DateTimeOffset now) => new()
        {
            Federation = federation,
            Tier = TierNames.Stable,
            Number = (current?.Move ?? 0) + 1,
            Kind = kind,
            ModelSha256 = target.ModelSha256,
            Parents = current is null ? [target.ManifestSha256] : [current.ManifestSha256, target.ManifestSha256],
            GlobalVersion = target.Number,
            By = by,
            Reason = reason,
            CommittedAt = now,
        };
}
