using Fed.Contracts.Versions;
using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>Key: federation. It alone decides the buffer of cluster aggregates and the global versions.</summary>
[Alias("fed.IGlobalAggregatorGrain")]
public interface IGlobalAggregatorGrain : IGrainWithStringKey
{
    [Alias("Start")]
    Task Start();

    /// <summary>The federation's settings have changed: asks for them, and decides by them from now on.</summary>
    [Alias("Reconfigure")]
    Task Reconfigure();

    [Alias("GetView")]
    Task<GlobalView> GetView();

    /// <summary>Appends an aggregate under (cluster, sequence), durably, exactly once.</summary>
    [Alias("Contribute")]
    Task Contribute(ClusterAggregate aggregate);

    /// <summary>
    /// Makes a new version with the model of an earlier one and withdraws all between. What was trained from those is
    /// quarantined: it stands in a manifest, and is never merged.
    /// </summary>
    /// <exception cref="Refusals.RefusedException">No such version, or it is withdrawn itself, or no longer
    /// kept.</exception>
    [Alias("RollBack")]
    Task<GlobalView> RollBack(RollbackRequest request);

    /// <summary>What must not be removed from the blobs, once a rollback under way is committed.</summary>
    [Alias("GetRoots")]
    Task<BlobRoots> GetRoots();

    [Alias("GetStatus")]
    Task<TierStatus> GetStatus();
}

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

/// <summary>A committed global version.</summary>
/// <param name="Merged">Per cluster, the last aggregate (its sequence number) that this version has merged.</param>
/// <param name="Withdrawn">Global versions that were rolled back: nothing that descends from them is merged.</param>
[GenerateSerializer, Immutable, Alias("fed.global-view")]
public sealed record GlobalView(
    [property: Id(0)] long Version,
    [property: Id(1)] string ModelSha256,
    [property: Id(2)] string ManifestSha256,
    [property: Id(3)] bool Finished,
    [property: Id(4)] IReadOnlyDictionary<string, long> Merged,
    [property: Id(5)] IReadOnlyList<VersionRange> Withdrawn);
