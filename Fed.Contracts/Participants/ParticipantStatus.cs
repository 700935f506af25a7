using Orleans;

namespace Fed.Contracts.Participants;

/// <summary>One participant, as its cluster sees it.</summary>
/// <param name="LastSeen">Null when it has not called since the server started.</param>
[GenerateSerializer, Immutable, Alias("fed.participant-status")]
public sealed record ParticipantStatus(
    [property: Id(0)] string Name,
    [property: Id(1)] string Cluster,
    [property: Id(2)] long Accepted,
    [property: Id(3)] long LastStaleness,
    [property: Id(4)] DateTimeOffset? LastSeen);
