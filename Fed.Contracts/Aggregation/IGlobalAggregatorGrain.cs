using Fed.Contracts.Versions;
using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>Key: federation. It alone decides the buffer of cluster aggregates and the global versions.</summary>
[Alias("fed.IGlobalAggregatorGrain")]
public interface IGlobalAggregatorGrain : IGrainWithStringKey
{
    [Alias("Start")]
    Task Start();

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
