using Fed.Contracts.Participants;
using Fed.Contracts.Versions;
using Orleans;
using Orleans.Concurrency;

namespace Fed.Contracts.Aggregation;

/// <summary>One for each gateway and cluster, on behalf of all who wait there.</summary>
[Alias("fed.IClusterObserver")]
public interface IClusterObserver : IGrainObserver
{
    /// <summary>What a <see cref="ClusterView"/> says may have changed. Best effort: look again from time to
    /// time.</summary>
    [Alias("Changed"), OneWay]
    Task Changed(long revision);
}

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
    /// Tells <paramref name="observer"/> of every change, as far as messages arrive, for a minute from now on.
    /// </summary>
    /// <returns>The present revision, as in <see cref="ClusterView"/>.</returns>
    [Alias("Watch")]
    Task<long> Watch(IClusterObserver observer, CancellationToken cancellationToken);

    /// <summary>Would this offer be accepted now? Returns the receipt when it already was.</summary>
    /// <exception cref="Refusals.RefusedException">It would not.</exception>
    [Alias("Check")]
    Task<Receipt?> Check(ContributionOffer offer, CancellationToken cancellationToken);

    /// <summary>
    /// Appends the contribution, whose bytes are durable, to the ledger: durably, exactly once. A duplicate gets its
    /// first receipt.
    /// </summary>
    /// <exception cref="Refusals.RefusedException">It can't be taken; the ledger stays as it is.</exception>
    [Alias("Contribute")]
    Task<Acceptance> Contribute(ContributionOffer offer, CancellationToken cancellationToken);

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
