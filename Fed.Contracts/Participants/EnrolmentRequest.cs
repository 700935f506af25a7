using Orleans;

namespace Fed.Contracts.Participants;

/// <summary>What an agent says of itself when it starts.</summary>
/// <param name="Cluster">The cluster that it believes to be in; must agree with the roster.</param>
/// <param name="Task">The task of its data.</param>
/// <param name="PublicKey">ECDSA P-256 SubjectPublicKeyInfo, base64; the first one enrolled is kept.</param>
/// <param name="Classes">Class names of its data; a label is an index. Needed where the federation states
/// classes.</param>
/// <param name="Features">Key of the feature extraction of its data. Needed where the federation states one.</param>
[GenerateSerializer, Immutable, Alias("fed.enrolment-request")]
public sealed record EnrolmentRequest(
    [property: Id(0)] string Cluster,
    [property: Id(1)] string Task,
    [property: Id(2)] string PublicKey,
    [property: Id(3)] IReadOnlyList<string>? Classes = null,
    [property: Id(4)] string? Features = null);
