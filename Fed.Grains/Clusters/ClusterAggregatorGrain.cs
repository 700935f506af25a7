using System.Runtime.ExceptionServices;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Contracts.Versions;
using Fed.Grains.Federations;
using Fed.Grains.Persistence;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Grains.Clusters;

/// <summary>
/// A cluster's buffer and versions. Reentrant, so that contributions are accepted, and their writes grouped, while a
/// fold is under way; between two awaits it checks and changes its state as one step. Here: the calls; the work: the
/// other part.
/// </summary>
[Reentrant]
public sealed partial class ClusterAggregatorGrain : Grain, IClusterAggregatorGrain
{
    private readonly IPersistentState<ClusterState> _state;
    private readonly IBlobStore _blobs;
    private readonly TimeProvider _time;
    private readonly ILogger<ClusterAggregatorGrain> _logger;
    private readonly GroupCommit _commit;
    private readonly ChangeSignal _changes;
    private readonly EvaluationBoard _evaluations = new();
    private readonly Dictionary<string, DateTimeOffset> _lastSeen = new(StringComparer.Ordinal);
    private readonly BackgroundWork _versions;
    private readonly BackgroundWork _outbox;
    private FederationDescription? _description;

    public ClusterAggregatorGrain(
        [PersistentState("cluster", StateStore.Name)] IPersistentState<ClusterState> state,
        IBlobStore blobs,
        TimeProvider time,
        ILogger<ClusterAggregatorGrain> logger)
    {
        _state = state;
        _blobs = blobs;
        _time = time;
        _logger = logger;
        _commit = new GroupCommit(() => state.WriteStateAsync());
        _changes = new ChangeSignal(time);
        _versions = new BackgroundWork(this, "making versions", MakeVersionsAsync, logger);
        _outbox = new BackgroundWork(this, "sending aggregates", SendAggregatesAsync, logger);
    }

    private string Federation => GrainKeys.Split(this.GetPrimaryKeyString()).Federation;

    private string Cluster => GrainKeys.Split(this.GetPrimaryKeyString()).Name;

    private ClusterState State => _state.State;

    public async Task Start()
    {
        await DescribeAsync();
        _versions.Ask();
        await _versions.Idle;
        if (!_resumed && _versions.Failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    public async Task<ClusterView> GetView(string participant)
    {
        await EnsureStartedAsync();
        _lastSeen[participant] = _time.GetUtcNow();
        State.Members.TryGetValue(participant, out var member);
        return new ClusterView(
            _changes.Revision,
            State.Version,
            State.ModelSha256,
            Accepting,
            State.Finished,
            member?.LastReceipt.Sequence ?? 0,
            member?.LastBaseVersion ?? -1,
            State.GlobalVersion);
    }

    public Task WaitForChange(long knownRevision, TimeSpan wait, CancellationToken cancellationToken) =>
        _changes.WaitAsync(knownRevision, wait, cancellationToken);

    public async Task<Receipt?> Check(ContributionOffer offer)
    {
        var settings = await EnsureStartedAsync();
        if (await FindReceiptAsync(offer) is { } receipt)
            return receipt;
        Admission.Admit(State, settings, Cluster, Accepting, offer, _time.GetUtcNow());
        return null;
    }

    public async Task<Receipt> Contribute(ContributionOffer offer)
    {
        var settings = await EnsureStartedAsync();
        if (await FindReceiptAsync(offer) is { } known)
            return known;
        var now = _time.GetUtcNow();
        var (contribution, baseVersion) = Admission.Admit(State, settings, Cluster, Accepting, offer, now);
        _state.State = State.Accept(contribution, baseVersion, offer.Bytes, now);
        await _commit.CommitAsync();
        _versions.Ask();
        return contribution.Receipt;
    }

    public async Task ReportEvaluation(string participant, EvaluationReport report)
    {
        await EnsureStartedAsync();
        var sums = _evaluations.Add(participant, report);
        await Registry.RecordEvaluation(Cluster, report.Version, sums);
    }

    public async Task AdoptGlobal(GlobalView global)
    {
        await EnsureStartedAsync();
        if (global.Version > (_news?.Version ?? -1))
            _news = global;
        _versions.Ask();
        await _versions.Idle;
    }

    public async Task<TierStatus> GetStatus()
    {
        var settings = await EnsureStartedAsync();
        return new TierStatus(
            Cluster,
            State.Version,
            State.ModelSha256,
            State.Pending.Count,
            Tiers.ClusterBuffer(settings, Cluster).Goal,
            State.Accepted,
            State.Accepted == 0 ? 0 : (double)State.StalenessSum / State.Accepted,
            State.StalenessMax,
            _evaluations.Accuracy,
            State.BytesAccepted);
    }

    public Task<IReadOnlyList<ParticipantStatus>> GetMembers()
    {
        var names = _lastSeen.Keys.Union(State.Members.Keys, StringComparer.Ordinal);
        return Task.FromResult<IReadOnlyList<ParticipantStatus>>(names.Select(name =>
        {
            State.Members.TryGetValue(name, out var member);
            return new ParticipantStatus(
                name,
                Cluster,
                member?.Accepted ?? 0,
                member?.LastReceipt.Staleness ?? 0,
                _lastSeen.TryGetValue(name, out var seen) ? seen : null);
        }).ToArray());
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        await Task.WhenAll(_versions.Idle, _outbox.Idle).WaitAsync(cancellationToken);

    private IModelRegistryGrain Registry => GrainFactory.GetGrain<IModelRegistryGrain>(Federation);

    private IGlobalAggregatorGrain Global => GrainFactory.GetGrain<IGlobalAggregatorGrain>(Federation);

    private async Task<FederationDescription> DescribeAsync()
    {
        if (_description is not null)
            return _description;
        var description = await GrainFactory.GetGrain<IFederationGrain>(Federation).Describe();
        if (!description.Settings.Clusters.Contains(Cluster))
        {
            throw new RefusedException(
                RefusalCode.UnknownCluster,
                $"federation '{Federation}' has no cluster '{Cluster}'",
                $"its clusters are {string.Join(", ", description.Settings.Clusters)}");
        }

        return _description = description;
    }

    private async Task<FederationSettings> EnsureStartedAsync()
    {
        var description = await DescribeAsync();
        if (!_resumed)
            await Start();
        return description.Settings;
    }

    /// <summary>The first receipt of a duplicate, however old, once it is durable.</summary>
    private async Task<Receipt?> FindReceiptAsync(ContributionOffer offer)
    {
        if (!Admission.IsKnownSequence(State, offer))
            return null;
        var receipt = Admission.FindReceipt(State, offer);
        if (receipt is not null)
        {
            await _commit.CommitAsync();
            return receipt;
        }

        return Admission.RequireSameBytes(
            await OldReceipts.FindAsync(_blobs, State.ManifestSha256, offer), offer);
    }
}
