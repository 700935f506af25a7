using Fed.Contracts.Participants;
using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>A cluster's ledger: each acknowledged contribution is in it, or in the manifests' chain.</summary>
/// <param name="ManifestSha256">The newest manifest: the head of the chain.</param>
/// <param name="Pending">Receipts of contributions that no manifest names yet, in order of acceptance.</param>
[GenerateSerializer, Immutable, Alias("fed.cluster-ledger")]
public sealed record ClusterLedger(
    [property: Id(0)] string ManifestSha256,
    [property: Id(1)] IReadOnlyList<Receipt> Pending);
