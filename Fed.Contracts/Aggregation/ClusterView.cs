using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>What a participant needs to know of its cluster.</summary>
/// <param name="Accepting">False between a synchronous fold and the global version that it waits for.</param>
[GenerateSerializer, Immutable, Alias("fed.cluster-view")]
public sealed record ClusterView(
    [property: Id(0)] long Version,
    [property: Id(1)] string ModelSha256,
    [property: Id(2)] long GlobalVersion,
    [property: Id(3)] bool Accepting,
    [property: Id(4)] bool Finished);
