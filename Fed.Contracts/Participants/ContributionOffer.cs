using Fed.Contracts.Refusals;
using Orleans;

namespace Fed.Contracts.Participants;

/// <summary>What the actors need to know of an update: never a tensor.</summary>
/// <param name="Sha256">Of the whole update file: its name in the blob store.</param>
/// <param name="BaseModel">SHA-256 of the model that it was trained from.</param>
/// <param name="Examples">n_i of the file's header, at least 1; <see cref="NotYetKnown"/> before that is read.</param>
/// <param name="Signature">Base64 ECDSA signature, kept with the contribution.</param>
[GenerateSerializer, Immutable, Alias("fed.offer")]
public sealed record ContributionOffer(
    [property: Id(0)] string Participant,
    [property: Id(1)] long Sequence,
    [property: Id(2)] string Sha256,
    [property: Id(3)] long Bytes,
    [property: Id(4)] string BaseModel,
    [property: Id(5)] long Examples,
    [property: Id(6)] string Signature)
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
