using Fed.Contracts;
using Fed.Contracts.Versions;
using Orleans;

namespace Fed.Grains.Versions;

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
