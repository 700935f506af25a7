using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>A cluster's exact partial aggregate (S, W, count) on its way up; S is a blob.</summary>
/// <param name="Sequence">Per cluster, from 1, without gaps: the key of idempotence.</param>
/// <param name="SumsSha256">Blob of the int64 sums.</param>
/// <param name="Weight">W = sum of W_i.</param>
/// <param name="Count">Contributions folded.</param>
/// <param name="BaseGlobalVersion">The global version that the cluster had adopted when it folded.</param>
[GenerateSerializer, Immutable, Alias("fed.cluster-aggregate")]
public sealed record ClusterAggregate(
    [property: Id(0)] string Cluster,
    [property: Id(1)] long Sequence,
    [property: Id(2)] string SumsSha256,
    [property: Id(3)] long Weight,
    [property: Id(4)] long Count,
    [property: Id(5)] long BaseGlobalVersion,
    [property: Id(6)] string ManifestSha256);
