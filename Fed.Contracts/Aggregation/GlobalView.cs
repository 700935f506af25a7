using Fed.Contracts.Versions;
using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>A committed global version.</summary>
/// <param name="Merged">Per cluster, the last aggregate (its sequence number) that this version has merged.</param>
/// <param name="Withdrawn">Global versions that were rolled back: nothing that descends from them is merged.</param>
[GenerateSerializer, Immutable, Alias("fed.global-view")]
public sealed record GlobalView(
    [property: Id(0)] long Version,
    [property: Id(1)] string ModelSha256,
    [property: Id(2)] string ManifestSha256,
    [property: Id(3)] bool Finished,
    [property: Id(4)] IReadOnlyDictionary<string, long> Merged,
    [property: Id(5)] IReadOnlyList<VersionRange> Withdrawn);
