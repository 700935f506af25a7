using Fed.Contracts.Participants;
using Fed.Contracts.Versions;
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

    /// <summary>Tells of a newer global version, which is adopted soon. Idempotent; an older one changes
    /// nothing.</summary>
    [Alias("AdoptGlobal")]
    Task AdoptGlobal(GlobalView global);

    [Alias("GetStatus")]
    Task<TierStatus> GetStatus();

    /// <summary>What is acknowledged and not in a version yet, and the newest manifest: for audits.</summary>
    [Alias("GetLedger")]
    Task<ClusterLedger> GetLedger();

    /// <summary>What must not be removed from the blobs.</summary>
    [Alias("GetRoots")]
    Task<BlobRoots> GetRoots();

    /// <summary>The participants that were seen or have contributed.</summary>
    [Alias("GetMembers")]
    Task<IReadOnlyList<ParticipantStatus>> GetMembers();
}
