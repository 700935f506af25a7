using System.Collections.Immutable;
using Orleans;

namespace Fed.Contracts.Versions;

/// <summary>What a federation keeps.</summary>
/// <param name="Floors">By tier, the lowest version that is kept; a tier that is missing keeps all.</param>
/// <param name="Stable">The global version that stable points to; kept too.</param>
/// <param name="Heads">Newest manifests of the tiers that the registry itself writes: stable and retention.</param>
[GenerateSerializer, Immutable, Alias("fed.retention")]
public sealed record RetentionView(
    [property: Id(0)] ImmutableDictionary<string, long> Floors,
    [property: Id(1)] long? Stable,
    [property: Id(2)] IReadOnlyList<string> Heads);
