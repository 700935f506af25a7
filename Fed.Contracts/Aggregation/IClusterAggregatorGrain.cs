using Fed.Contracts.Participants;
using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>Key: federation/cluster. It alone decides its buffer of contributions and the cluster's versions.</summary>
[Alias("fed.IClusterAggregatorGrain")]
public interface IClusterAggregatorGrain : IGrainWithStringKey
{
    /// <summary>Loads the federation's settings and the first version. Called once the federation is created.</summary>
    [Alias("Start")]
    Task Start();

    [Alias("GetView")]
    Task<ClusterView> GetView();

    /// <summary>Returns as soon as the view is newer than <paramref name="knownVersion"/>, or after the wait.</summary>
    [Alias("WaitForChange")]
    Task<ClusterView> WaitForChange(long knownVersion, TimeSpan wait);

    /// <summary>Would this offer be accepted now? Returns the receipt when it already was.</summary>
    [Alias("Check")]
    Task<Receipt?> Check(ContributionOffer offer);

    [Alias("Contribute")]
    Task<Receipt> Contribute(ContributionOffer offer);

    [Alias("ReportEvaluation")]
    Task ReportEvaluation(string participant, EvaluationReport report);

    /// <summary>Tells of a newer global version. Idempotent; an older one changes nothing.</summary>
    [Alias("AdoptGlobal")]
    Task AdoptGlobal(GlobalView global);

    [Alias("GetStatus")]
    Task<TierStatus> GetStatus();
}
