using Fed.Contracts.Refusals;
using Orleans;

namespace Fed.Contracts.Participants;

/// <summary>What the actors need to know of an update: never a tensor.</summary>
/// <param name="Sha256">Of the whole update file: its name in the blob store.</param>
/// <param name="BaseModel">SHA-256 of the model that it was trained from.</param>
/// <param name="Examples">n_i of the file's header, at least 1; <see cref="NotYetKnown"/> before that is read.</param>
/// <param name="Signature">Base64 ECDSA signature, kept with the contribution.</param>
/// <param name="Norm">L2 norm of the delta, for metrics alone; 0: not known.</param>
[GenerateSerializer, Immutable, Alias("fed.offer")]
public sealed record ContributionOffer(
    [property: Id(0)] string Participant,
    [property: Id(1)] long Sequence,
    [property: Id(2)] string Sha256,
    [property: Id(3)] long Bytes,
    [property: Id(4)] string BaseModel,
    [property: Id(5)] long Examples,
    [property: Id(6)] string Signature,
    [property: Id(7)] double Norm = 0)
{
    /// <summary>The most, so that nothing is refused as too light that might not be.</summary>
    public const long NotYetKnown = long.MaxValue;
}

/// <summary>What a participant's actor says of an offer. The signature is verified first of all.</summary>
/// <param name="PublicKey">Whose signature the offer must bear: base64 SubjectPublicKeyInfo.</param>
/// <param name="Cluster">The cluster that takes it.</param>
/// <param name="First">The receipt, if it was accepted before.</param>
/// <param name="Refused">Why it can't be accepted as things are.</param>
[GenerateSerializer, Immutable, Alias("fed.opened-offer")]
public sealed record OpenedOffer(
    [property: Id(0)] string PublicKey,
    [property: Id(1)] string Cluster,
    [property: Id(2)] Receipt? First,
    [property: Id(3)] RefusedException? Refused);

/// <summary>That a contribution is in the ledger.</summary>
/// <param name="IsNew">False for a duplicate.</param>
[GenerateSerializer, Immutable, Alias("fed.acceptance")]
public sealed record Acceptance([property: Id(0)] Receipt Receipt, [property: Id(1)] bool IsNew);

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

/// <summary>
/// How far a participant has come: all sequence numbers up to the last receipt's are used. It stands for any number of
/// past
/// contributions.
/// </summary>
/// <param name="LastReceipt">Null before the first contribution.</param>
/// <param name="LastBaseVersion">The cluster version that the last one was trained from; -1 before the first.</param>
[GenerateSerializer, Immutable, Alias("fed.watermark")]
public sealed record Watermark([property: Id(0)] Receipt? LastReceipt, [property: Id(1)] long LastBaseVersion)
{
    public static Watermark None { get; } = new(null, -1);

    /// <summary>The last used sequence number, and the number of contributions: they have no gap. 0 before the
    /// first.</summary>
    public long Sequence => LastReceipt?.Sequence ?? 0;
}
