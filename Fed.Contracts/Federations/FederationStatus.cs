using Fed.Contracts.Aggregation;
using Fed.Contracts.Participants;
using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>What the status page, the demo's live table and monitoring read.</summary>
[GenerateSerializer, Immutable, Alias("fed.status")]
public sealed record FederationStatus(
    [property: Id(0)] string Name,
    [property: Id(1)] string Task,
    [property: Id(2)] FederationMode Mode,
    [property: Id(3)] FederationState State,
    [property: Id(4)] int TargetVersions,
    [property: Id(5)] TierStatus Global,
    [property: Id(6)] IReadOnlyList<TierStatus> Clusters,
    [property: Id(7)] IReadOnlyList<ParticipantStatus> Participants);
