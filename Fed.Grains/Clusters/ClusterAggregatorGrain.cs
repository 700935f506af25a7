using System.Collections.Concurrent;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Grains.Federations;
using Fed.Grains.Folding;
using Fed.Grains.Persistence;
using Fed.Grains.Placement;
using Fed.Grains.Telemetry;
using Fed.Grains.Versions;
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
[Reentrant, SpreadPlacement]
public sealed partial class ClusterAggregatorGrain : Grain, IClusterAggregatorGrain, IRemindable
{
    /// <summary>Participants whose standing is asked for when the cluster is asked for its members.</summary>
    private const int MostAsked = 256;

    private readonly DurableState<ClusterState> _state;
    private readonly FoldJobs _folds;
    private readonly Setbacks _setbacks;
    private readonly ManifestStore _manifests;
    private readonly TierReadings _readings;
    private readonly FedMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<ClusterAggregatorGrain> _logger;
    private readonly ClusterChanges _changes;
    private readonly DurableState<EvaluationBoard> _evaluations;

    /// <summary>Read from outside, too: <see cref="Read()"/>.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _lastSeen = new(StringComparer.Ordinal);

    /// <summary>
    /// The last reports of those who share what their data are like; likewise. For metrics: after a move they say it
    /// again.
    /// </summary>
    private readonly ConcurrentDictionary<string, EvaluationReport> _shared = new(StringComparer.Ordinal);

    private readonly WatermarkCache _watermarks;
    private readonly BackgroundWork _versions;
    private readonly BackgroundWork _outbox;
    private readonly BackgroundWork _records;
    private readonly BackgroundWork _comparison;
    private readonly GrainTimerSlot _due;
    private readonly AggregatorPlace _place;
    private readonly Recovery _recovery;
    private FederationDescription? _description;
    private ClusterMachine? _machine;
    private Cohort? _cohort;

    public ClusterAggregatorGrain(
        [PersistentState("cluster", StateStore.Name)] IPersistentState<ClusterState> state,
        [PersistentState("evaluations", StateStore.Name)] IPersistentState<EvaluationBoard> evaluations,
        ManifestStore manifests,
        FoldJobs folds,
        Setbacks setbacks,
        ISiloStatusOracle silos,
        TierReadings readings,
        FedMetrics metrics,
        TimeProvider time,
        ILogger<ClusterAggregatorGrain> logger)
    {
        _state = new DurableState<ClusterState>(state, time, End);
        _evaluations = new DurableState<EvaluationBoard>(evaluations, time, End);
        _manifests = manifests;
        _folds = folds;
        _setbacks = setbacks;
        _readings = readings;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _changes = new ClusterChanges(time, logger);
        _watermarks = new WatermarkCache(name => Participant(name).GetWatermark());
        _versions = new BackgroundWork(this, "making versions", MakeVersionsAsync, logger);
        _outbox = new BackgroundWork(this, "sending aggregates", SendAggregatesAsync, logger);
        _records = new BackgroundWork(this, "telling the registry", RecordVersionsAsync, logger);
        _comparison = new BackgroundWork(this, "comparing models", CompareAsync, logger);
        _recovery = new Recovery(
            this, GrainFactory, silos, away => metrics.Recovered(Federation, Cluster, away), logger);
        _due = new GrainTimerSlot(this);
        _place = new AggregatorPlace(
            this, silos, () => !(_versions.Idle.IsCompleted && _outbox.Idle.IsCompleted), logger);
    }

    private string Federation => GrainKeys.Split(this.GetPrimaryKeyString()).Federation;

    private string Cluster => GrainKeys.Split(this.GetPrimaryKeyString()).Name;

    private ClusterState State => _state.Latest;

    private bool Accepting => !State.Finished
        && (_description is { Settings.Mode: FederationMode.Async } || (!State.AwaitingGlobal && !_folding));

    public async Task<ClusterView> GetView(string participant)
    {
        await EnsureStartedAsync();
        _lastSeen[participant] = _time.GetUtcNow();
        Watermark? watermark;
        while ((watermark = _watermarks.Find(participant)) is null)
            await LearnAsync(participant);
        var view = new ClusterView(
            _changes.Revision,
            State.Version,
            State.ModelSha256,
            Accepting && !_machine!.IsAhead(State, participant),
            State.Finished,
            watermark.Sequence,
            watermark.LastBaseVersion,
            State.GlobalVersion,
            State.IsSuspended(participant));
        // Nobody is to train on a version that a crash could still undo.
        await _state.SettleAsync();
        return view;
    }

    public async Task<long> Watch(IClusterObserver observer, CancellationToken cancellationToken)
    {
        await EnsureStartedAsync();
        return _changes.Watch(observer);
    }

    public async Task<Receipt?> Check(ContributionOffer offer, CancellationToken cancellationToken)
    {
        var settings = await EnsureStartedAsync();
        await ConfirmAsync(offer, cancellationToken);
        Watermark? watermark;
        while ((watermark = _watermarks.Find(offer.Participant)) is null)
            await LearnAsync(offer.Participant);
        if (offer.Sequence <= watermark.Sequence)
            return await FindReceiptAsync(offer, watermark);
        Admission.Admit(State, watermark, settings, Cluster, Accepting, offer, _time.GetUtcNow());
        return null;
    }

    public async Task<Acceptance> Contribute(ContributionOffer offer, CancellationToken cancellationToken)
    {
        var settings = await EnsureStartedAsync();
        await ConfirmAsync(offer, cancellationToken);
        Watermark? watermark;
        while ((watermark = _watermarks.Find(offer.Participant)) is null)
            await LearnAsync(offer.Participant);
        if (offer.Sequence <= watermark.Sequence)
            return new Acceptance(await FindReceiptAsync(offer, watermark), IsNew: false);
        var now = _time.GetUtcNow();
        var contribution = Admission.Admit(State, watermark, settings, Cluster, Accepting, offer, now);
        _state.Change(state => state.Accept(contribution, offer.Bytes, now));
        _watermarks.Raise(offer.Participant, contribution.Watermark);
        await _state.SettleAsync();
        _versions.Ask();
        return new Acceptance(contribution.Receipt, IsNew: true);
    }

    public async Task ReportEvaluation(string participant, EvaluationReport report)
    {
        await EnsureStartedAsync();
        // The registry keeps evaluations with versions, so it has to know of them first.
        if (!State.Unrecorded.IsEmpty)
            await _records.RunAsync();
        await _evaluations.ChangeAsync(board => board.Add(participant, report));
        if (report is { LabelCounts: null, Features: null })
            _shared.TryRemove(participant, out _);
        else
            _shared[participant] = report;
        if (_evaluations.Committed.Of(report.Version) is { } sums)
            await Registry.RecordEvaluation(Cluster, report.Version, sums);
    }

    public async Task AdoptGlobal(GlobalView global)
    {
        await EnsureStartedAsync();
        if (global.Version > (_news?.Version ?? -1))
            _news = global;
        // Who tells does not wait: while contributions come all the time, the work is never idle.
        _versions.Ask();
    }

    public async Task<TierStatus> GetStatus()
    {
        await EnsureStartedAsync();
        var state = _state.Committed;
        var evaluation = _evaluations.Committed.Newest;
        return new TierStatus(
            Cluster,
            state.Version,
            state.ModelSha256,
            state.Pending.Count,
            _machine!.GoalOf(state),
            state.Accepted,
            state.Accepted == 0 ? 0 : (double)state.StalenessSum / state.Accepted,
            state.StalenessMax,
            evaluation?.Accuracy,
            state.BytesAccepted,
            _machine.WaitIn(state),
            evaluation,
            Known(state.CommittedAt),
            state.AwaitingGlobal ? state.HeldSince : null);
    }

    public async Task<string?> GetHeldFold()
    {
        await EnsureStartedAsync();
        var state = _state.Committed;
        return state.AwaitingGlobal ? state.ManifestSha256 : null;
    }

    public async Task<IReadOnlyList<ParticipantStatus>> GetMembers()
    {
        var settings = await EnsureStartedAsync();
        var roster = settings.Roster.Select(entry => entry.Name).ToArray();
        // In a large cohort, asking everybody would wake everybody: who has called, or is suspended, is told of.
        var names = roster.Length <= MostAsked
            ? roster
            : [.. _lastSeen.Keys.Union(State.Suspended.Select(known => known.Participant), StringComparer.Ordinal)];
        var buffered = _state.Committed.Pending.Select(pending => pending.Participant)
            .ToHashSet(StringComparer.Ordinal);
        var members = new List<ParticipantStatus>(names.Length);
        foreach (var name in names)
        {
            Watermark? watermark;
            while ((watermark = _watermarks.Find(name)) is null)
                await LearnAsync(name);
            members.Add(new ParticipantStatus(
                name,
                Cluster,
                watermark.Sequence,
                watermark.LastReceipt?.Staleness ?? 0,
                _lastSeen.TryGetValue(name, out var seen) ? seen : null,
                _state.Committed.IsSuspended(name),
                watermark.LastReceipt?.AcceptedAt,
                buffered.Contains(name)));
        }

        return members.ToArray();
    }

    public async Task<ClusterLedger> GetLedger()
    {
        await EnsureStartedAsync();
        await _state.SettleAsync();
        return new ClusterLedger(State.ManifestSha256, [.. State.Pending.Select(item => item.Receipt)], State.Finished);
    }

    public async Task<BlobRoots> GetRoots()
    {
        await EnsureStartedAsync();
        var roots = State.Roots();
        // What is on the disk is not older then: nothing else will be read after a crash.
        await _state.SettleAsync();
        return roots;
    }

    private IModelRegistryGrain Registry => GrainFactory.GetGrain<IModelRegistryGrain>(Federation);

    private IGlobalAggregatorGrain Global => GrainFactory.GetGrain<IGlobalAggregatorGrain>(Federation);

    private IParticipantGrain Participant(string name) =>
        GrainFactory.GetGrain<IParticipantGrain>(GrainKeys.Within(Federation, name));

    /// <summary>
    /// Afterwards the watermark is usually known. Look, and decide by what you see before the next await: then it is of
    /// that moment.
    /// </summary>
    private Task LearnAsync(string participant) =>
        _watermarks.LearnAsync(participant, () => State.InLedger(participant));

    /// <summary>
    /// A contribution that does not follow is refused for good. But it does follow where a silo that was declared dead
    /// has acknowledged the one before: so the refusal is by what is stored now, here and with the participant.
    /// </summary>
    private async Task ConfirmAsync(ContributionOffer offer, CancellationToken cancellationToken)
    {
        if (_watermarks.Find(offer.Participant) is null)
            await LearnAsync(offer.Participant);
        if (!(offer.Sequence > _watermarks.Find(offer.Participant)?.Sequence + 1))
            return;
        await _state.ConfirmAsync();
        await Participant(offer.Participant).Confirm(cancellationToken);
        _watermarks.Forget(offer.Participant);
    }

    private async Task<FederationDescription> DescribeAsync()
    {
        var description = await GrainFactory.GetGrain<IFederationGrain>(Federation).DescribeTier(Cluster);
        _cohort = Cohort.Of(description.Settings, Cluster);
        _machine = new ClusterMachine(description.Settings, _cohort);
        return _description = description;
    }

    private async Task<FederationSettings> EnsureStartedAsync()
    {
        _state.Doubt();
        _evaluations.Doubt();
        if (_begin is not { IsCompletedSuccessfully: true })
            await Start();
        return _description!.Settings;
    }

    /// <summary>The first receipt of a duplicate, however old, once it is durable.</summary>
    private async Task<Receipt> FindReceiptAsync(ContributionOffer offer, Watermark watermark)
    {
        var receipt = Admission.FindReceipt(State, watermark, offer) ?? Admission.RequireSameBytes(
            await OldReceipts.FindAsync(_manifests.ReadAsync, State.ManifestSha256, offer), offer);
        await _state.SettleAsync();
        return receipt;
    }
}
