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

    /// <summary>
    /// The cluster as one of its participants sees it; asking also shows that the participant is alive.
    /// </summary>
    [Alias("GetView")]
    Task<ClusterView> GetView(string participant);

    /// <summary>
    /// Returns as soon as the revision differs from <paramref name="knownRevision"/>, or after the wait.
    /// </summary>
    [Alias("WaitForChange"), ResponseTimeout("00:00:45")]
    Task WaitForChange(long knownRevision, TimeSpan wait, CancellationToken cancellationToken);

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

    /// <summary>The participants that were seen or have contributed.</summary>
    [Alias("GetMembers")]
    Task<IReadOnlyList<ParticipantStatus>> GetMembers();
}
