using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>The settings of an accepted federation and what was derived from them.</summary>
/// <param name="PublicKey">What its manifests are signed with (ECDSA P-256 SubjectPublicKeyInfo, base64).</param>
[GenerateSerializer, Immutable, Alias("fed.description")]
public sealed record FederationDescription(
    [property: Id(0)] FederationSettings Settings,
    [property: Id(1)] string InitialModel,
    [property: Id(2)] string LayoutHash,
    [property: Id(3)] long Parameters,
    [property: Id(4)] FederationState State,
    [property: Id(5)] string PublicKey);
