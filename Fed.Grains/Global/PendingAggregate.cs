using Fed.Contracts.Aggregation;
using Orleans;

namespace Fed.Grains.Global;

/// <summary>A cluster's aggregate that no global version has merged yet.</summary>
[GenerateSerializer, Immutable, Alias("fed.state.pending-aggregate")]
public sealed record PendingAggregate(
    [property: Id(0)] ClusterAggregate Aggregate,
    [property: Id(1)] long Staleness,
    [property: Id(2)] long Factor,
    [property: Id(3)] long Divisor,
    [property: Id(4)] DateTimeOffset AcceptedAt);
