using Orleans;

namespace Fed.Contracts.Participants;

/// <summary>
/// Proof that a contribution is durably in the cluster's ledger. A duplicate gets the first one again.
/// </summary>
/// <param name="Staleness">t: versions committed between the base and the moment of acceptance.</param>
/// <param name="Weight">W_i = min(n_i, cap) s(t), as an integer with 8 fractional bits.</param>
/// <param name="Examples">n_i, as the update names it.</param>
/// <param name="Signature">The participant's signature of the update, base64.</param>
/// <param name="ClusterVersion">The version that the cluster stood at when it accepted.</param>
[GenerateSerializer, Immutable, Alias("fed.receipt")]
public sealed record Receipt(
    [property: Id(0)] string Federation,
    [property: Id(1)] string Participant,
    [property: Id(2)] long Sequence,
    [property: Id(3)] string Sha256,
    [property: Id(4)] string Cluster,
    [property: Id(5)] long ClusterVersion,
    [property: Id(6)] long Staleness,
    [property: Id(7)] long Weight,
    [property: Id(8)] DateTimeOffset AcceptedAt,
    [property: Id(9)] long Examples,
    [property: Id(10)] string Signature);
