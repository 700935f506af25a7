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

    [Alias("GetStatus")]
    Task<TierStatus> GetStatus();
}
