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

    /// <summary>The federation's settings have changed: asks for them, and decides by them from now on.</summary>
    [Alias("Reconfigure")]
    Task Reconfigure();

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

    /// <returns>SHA-256 of the manifest of the fold that waits for the global tier; null: none does.</returns>
    [Alias("GetHeldFold")]
    Task<string?> GetHeldFold();

    /// <summary>
    /// From now on the participant gets no tasks, and nothing is taken from it; what it has contributed stays. A round
    /// that waits for it only closes. Durable and idempotent.
    /// </summary>
    /// <exception cref="Refusals.RefusedException">The cluster's rule could never combine what is left.</exception>
    [Alias("Suspend")]
    Task<Suspensions> Suspend(string participant, StewardOrder order);

    /// <summary>Ends a suspension; where there is none nothing changes.</summary>
    [Alias("Resume")]
    Task<Suspensions> Resume(string participant, StewardOrder order);

    [Alias("GetSuspensions")]
    Task<Suspensions> GetSuspensions();

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

/// <summary>What one participant needs to know of its cluster.</summary>
/// <param name="Revision">Differs whenever anything here may have changed; compare for equality only.</param>
/// <param name="Accepting">False between a synchronous fold and the global version that it waits for.</param>
/// <param name="LastSequence">The participant's last accepted sequence number; 0 before the first.</param>
/// <param name="LastBaseVersion">The base of its last accepted contribution; -1 before the first.</param>
/// <param name="Suspended">Whether a steward has suspended the participant.</param>
[GenerateSerializer, Immutable, Alias("fed.cluster-view")]
public sealed record ClusterView(
    [property: Id(0)] long Revision,
    [property: Id(1)] long Version,
    [property: Id(2)] string ModelSha256,
    [property: Id(3)] bool Accepting,
    [property: Id(4)] bool Finished,
    [property: Id(5)] long LastSequence,
    [property: Id(6)] long LastBaseVersion,
    [property: Id(7)] long GlobalVersion,
    [property: Id(8)] bool Suspended);

/// <summary>A cluster's ledger: each acknowledged contribution is in it, or in the manifests' chain.</summary>
/// <param name="ManifestSha256">The newest manifest: the head of the chain.</param>
/// <param name="Pending">Receipts of contributions that no manifest names yet, in order of acceptance.</param>
/// <param name="Finished">No version follows, so none will name what is pending.</param>
[GenerateSerializer, Immutable, Alias("fed.cluster-ledger")]
public sealed record ClusterLedger(
    [property: Id(0)] string ManifestSha256,
    [property: Id(1)] IReadOnlyList<Receipt> Pending,
    [property: Id(2)] bool Finished);

/// <summary>One aggregator (a cluster, or the global one under the key <c>global</c>), as shown to people.</summary>
/// <param name="Buffered">Contributions in the buffer.</param>
/// <param name="Goal">K of the buffer.</param>
/// <param name="StalenessMean">Over all accepted contributions.</param>
/// <param name="Accuracy">Example-weighted, of the newest evaluated version; null before the first report.</param>
/// <param name="BytesAccepted">Sum of the sizes of accepted updates.</param>
/// <param name="Waiting">Whose contribution the open buffer has not.</param>
/// <param name="Evaluation">Of the same version as the accuracy.</param>
/// <param name="CommittedAt">When the version was; null: before this was kept.</param>
/// <param name="HeldSince">Since when its fold has waited for the global tier; null: none does.</param>
[GenerateSerializer, Immutable, Alias("fed.tier-status")]
public sealed record TierStatus(
    [property: Id(0)] string Key,
    [property: Id(1)] long Version,
    [property: Id(2)] string ModelSha256,
    [property: Id(3)] int Buffered,
    [property: Id(4)] int Goal,
    [property: Id(5)] long Accepted,
    [property: Id(6)] double StalenessMean,
    [property: Id(7)] long StalenessMax,
    [property: Id(8)] double? Accuracy,
    [property: Id(9)] long BytesAccepted,
    [property: Id(10)] TierWait Waiting,
    [property: Id(11)] VersionEvaluation? Evaluation,
    [property: Id(12)] DateTimeOffset? CommittedAt,
    [property: Id(13)] DateTimeOffset? HeldSince);

/// <summary>
/// Who has not contributed to the open buffer of a tier: participants of a cluster, clusters of the global tier. Nobody
/// while no contribution could come: a cluster that waits for the global version, a federation that has finished.
/// </summary>
/// <param name="Names">The first <see cref="MostNames"/> of them, as the roster has them.</param>
/// <param name="Count">How many there are.</param>
/// <param name="OldestAt">When the oldest contribution in the buffer came; null: it is empty.</param>
[GenerateSerializer, Immutable, Alias("fed.tier-wait")]
public sealed record TierWait(
    [property: Id(0)] IReadOnlyList<string> Names,
    [property: Id(1)] int Count,
    [property: Id(2)] DateTimeOffset? OldestAt)
{
    public const int MostNames = 20;

    public static TierWait For(IReadOnlyCollection<string> missing, DateTimeOffset? oldestAt) =>
        new([.. missing.Take(MostNames)], missing.Count, oldestAt);
}

/// <summary>That a steward suspended a participant: it gets no tasks, and nothing is taken from it.</summary>
[GenerateSerializer, Immutable, Alias("fed.suspension")]
public sealed record Suspension(
    [property: Id(0)] string Participant,
    [property: Id(1)] string By,
    [property: Id(2)] string Reason,
    [property: Id(3)] DateTimeOffset At);

/// <summary>That a steward ended a suspension.</summary>
[GenerateSerializer, Immutable, Alias("fed.resumption")]
public sealed record Resumption(
    [property: Id(0)] Suspension Ended,
    [property: Id(1)] string By,
    [property: Id(2)] string Reason,
    [property: Id(3)] DateTimeOffset At);

/// <summary>The suspensions of one cluster.</summary>
/// <param name="Suspended">Those in force, the newest last.</param>
/// <param name="Resumed">Those that have ended, the newest last; of more than sixteen the oldest are forgotten.</param>
[GenerateSerializer, Immutable, Alias("fed.suspensions")]
public sealed record Suspensions(
    [property: Id(0)] IReadOnlyList<Suspension> Suspended,
    [property: Id(1)] IReadOnlyList<Resumption> Resumed);
