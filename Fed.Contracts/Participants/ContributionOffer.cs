using Orleans;

namespace Fed.Contracts.Participants;

/// <summary>An update whose bytes are validated: what the actors need to know of it. Never a tensor.</summary>
/// <param name="Sha256">Of the whole update file: its name in the blob store.</param>
/// <param name="BaseModel">SHA-256 of the model that it was trained from, from the file's header.</param>
/// <param name="Examples">n_i of the file's header, at least 1.</param>
/// <param name="Signature">Base64 ECDSA signature, kept with the contribution.</param>
[GenerateSerializer, Immutable, Alias("fed.offer")]
public sealed record ContributionOffer(
    [property: Id(0)] string Participant,
    [property: Id(1)] long Sequence,
    [property: Id(2)] string Sha256,
    [property: Id(3)] long Bytes,
    [property: Id(4)] string BaseModel,
    [property: Id(5)] long Examples,
    [property: Id(6)] string Signature);
