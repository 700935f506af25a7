using Orleans;

namespace Fed.Contracts.Participants;

/// <summary>One participant, as the cluster's ledger sees it.</summary>
[GenerateSerializer, Immutable, Alias("fed.participant-status")]
public sealed record ParticipantStatus(
    [property: Id(0)] string Name,
    [property: Id(1)] string Cluster,
    [property: Id(2)] bool Enrolled,
    [property: Id(3)] long Accepted,
    [property: Id(4)] long LastStaleness,
    [property: Id(5)] DateTimeOffset? LastSeen);
