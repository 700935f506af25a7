using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>What one participant needs to know of its cluster.</summary>
/// <param name="Revision">Differs whenever anything here may have changed; compare for equality only.</param>
/// <param name="Accepting">False between a synchronous fold and the global version that it waits for.</param>
/// <param name="LastSequence">The participant's last accepted sequence number; 0 before the first.</param>
/// <param name="LastBaseVersion">The base of its last accepted contribution; -1 before the first.</param>
[GenerateSerializer, Immutable, Alias("fed.cluster-view")]
public sealed record ClusterView(
    [property: Id(0)] long Revision,
    [property: Id(1)] long Version,
    [property: Id(2)] string ModelSha256,
    [property: Id(3)] bool Accepting,
    [property: Id(4)] bool Finished,
    [property: Id(5)] long LastSequence,
    [property: Id(6)] long LastBaseVersion,
    [property: Id(7)] long GlobalVersion);
