using Fed.Contracts.Participants;
using Orleans;

namespace Fed.Grains.Clusters;

/// <summary>A participant's watermark: what it sent last, and what it was answered.</summary>
/// <param name="LastBaseVersion">The cluster version that its last contribution was trained from.</param>
[GenerateSerializer, Immutable, Alias("fed.state.member")]
public sealed record MemberRecord(
    [property: Id(0)] Receipt LastReceipt,
    [property: Id(1)] long LastBaseVersion,
    [property: Id(2)] long Accepted);
