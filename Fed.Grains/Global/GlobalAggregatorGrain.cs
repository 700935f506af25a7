using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Core.FailPoints;
using Fed.Grains.Folding;
using Fed.Grains.Persistence;
using Fed.Grains.Placement;
using Fed.Grains.Telemetry;
using Fed.Grains.Tiers;
using Fed.Grains.Versions;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Grains.Global;

/// <summary>
/// The buffer of cluster aggregates and the global versions: a shell around <see cref="TierMachine"/>. Reentrant, as the
/// cluster aggregators are.
/// </summary>
[Reentrant, SpreadPlacement]
public sealed partial class GlobalAggregatorGrain : Grain, IGlobalAggregatorGrain, IRemindable
{
    private readonly DurableState<GlobalState> _state;
    private readonly ManifestStore _manifests;
    private readonly FoldJobs _folds;
    private readonly Setbacks _setbacks;
    private readonly TierReadings _readings;
    private readonly FedMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<GlobalAggregatorGrain> _logger;
    private readonly BackgroundWork _versions;
    private readonly BackgroundWork _news;
    private readonly BackgroundWork _records;
    private readonly GrainTimerSlot _due;
    private readonly AggregatorPlace _place;
    private readonly Recovery _recovery;
    private FederationDescription? _description;
    private GlobalMachine? _machine;
    private Task? _begin;
    private long _told = -1;

    public GlobalAggregatorGrain(
        [PersistentState("global", StateStore.Name)] IPersistentState<GlobalState> state,
        ManifestStore manifests,
        FoldJobs folds,
        Setbacks setbacks,
        ISiloStatusOracle silos,
        TierReadings readings,
        FedMetrics metrics,
        TimeProvider time,
        ILogger<GlobalAggregatorGrain> logger)
    {
        _state = new DurableState<GlobalState>(state, time, End);
        _manifests = manifests;
        _folds = folds;
        _setbacks = setbacks;
        _readings = readings;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _versions = new BackgroundWork(this, "making versions", MakeVersionsAsync, logger);
        _news = new BackgroundWork(this, "telling the clusters", TellClustersAsync, logger);
        _records = new BackgroundWork(this, "telling the registry", RecordVersionsAsync, logger);
        _recovery = new Recovery(
            this, GrainFactory, silos, away => metrics.Recovered(Federation, TierNames.Global, away), logger);
        _due = new GrainTimerSlot(this);
        _place = new AggregatorPlace(
            this, silos, () => !(_versions.Idle.IsCompleted && _news.Idle.IsCompleted), logger);
    }

    private string Federation => this.GetPrimaryKeyString();

    private GlobalState State => _state.Latest;

    private IFederationGrain FederationGrain => GrainFactory.GetGrain<IFederationGrain>(Federation);

    private IModelRegistryGrain Registry => GrainFactory.GetGrain<IModelRegistryGrain>(Federation);

    public async Task Start()
    {
        var begin = _begin ??= BeginAsync();
        try
        {
            await begin;
        }
        catch
        {
            // Tried again by whoever comes next.
            if (_begin == begin)
                _begin = null;
            throw;
        }
    }

    public async Task<GlobalView> GetView()
    {
        await EnsureStartedAsync();
        return ViewOf(_state.Committed);
    }

    public async Task Contribute(ClusterAggregate aggregate)
    {
        await EnsureStartedAsync();
        RefusedException? refusal = null;
        PendingAggregate? pending = null;
        if (!State.Has(aggregate))
        {
            try
            {
                pending = _machine!.Admit(State, aggregate, _time.GetUtcNow());
                _state.Change(state => state.Accept(pending));
            }
            catch (RefusedException refused)
            {
                refusal = refused;
                _state.Change(state => state.PassOver(aggregate));
            }
        }

        // A duplicate waits too: it is acknowledged only when the first one is durable. So does a refusal: it is final.
        await _state.SettleAsync();
        if (pending is not null || refusal is not null)
            _metrics.Aggregated(Federation, aggregate.Cluster, pending?.Staleness);
        if (refusal is not null)
            throw refusal;
        _versions.Ask();
    }

    public async Task<TierStatus> GetStatus()
    {
        await EnsureStartedAsync();
        var state = _state.Committed;
        return new TierStatus(
            TierNames.Global,
            state.Version,
            state.ModelSha256,
            state.Pending.Count,
            _machine!.Goal,
            state.Accepted,
            state.Accepted == 0 ? 0 : (double)state.StalenessSum / state.Accepted,
            state.StalenessMax,
            Accuracy: null,
            BytesAccepted: 0,
            _machine.WaitIn(state),
            Evaluation: null,
            state.CommittedAt == default ? null : state.CommittedAt,
            HeldSince: null);
    }

    public async Task Reconfigure()
    {
        await EnsureStartedAsync();
        var deadlines = await FederationGrain.GetDeadlines();
        _description = _description! with { Settings = deadlines.In(_description!.Settings) };
        _machine = new GlobalMachine(_description.Settings);
        _versions.Ask();
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await Start();
        if (State.Finished && State.Unrecorded.IsEmpty && _told == State.Version)
            await this.EndRemindersAsync();
        AskAll();
        // Who was to tell of other settings may have ended before.
        await Reconfigure();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _reading?.Dispose();
        // News are told again by the next activation; a cluster that is being told may be waiting for it.
        foreach (var work in (BackgroundWork[])[_versions, _records])
            await work.StopAsync(cancellationToken);
        await _recovery.StopAsync(cancellationToken);
        // The next activation goes on at once, not when somebody calls it.
        if (_state.HasFailed || reason.ReasonCode == DeactivationReasonCode.Migrating)
            this.AsReference<IGlobalAggregatorGrain>().Start().Ignore();
    }

    private static GlobalView ViewOf(GlobalState state) => new(
        state.Version,
        state.ModelSha256,
        state.ManifestSha256,
        state.Finished,
        state.Merged,
        state.Withdrawn.ToArray());

    private Task EnsureStartedAsync()
    {
        _state.Doubt();
        return _begin is { IsCompletedSuccessfully: true } ? Task.CompletedTask : Start();
    }

    /// <summary>After a write that failed.</summary>
    private void End()
    {
        _setbacks.Note(this.GetGrainId());
        this.DeactivateOnIdle();
    }

    /// <summary>The first version, and the reminder that outlives this activation.</summary>
    private async Task BeginAsync()
    {
        var since = _time.GetTimestamp();
        _description = await FederationGrain.DescribeTier(TierNames.Global);
        _machine = new GlobalMachine(_description.Settings);
        if (State.Version < 0)
        {
            var manifest = _machine!.Initial(State, _description!.InitialModel, _time.GetUtcNow());
            var hash = await _manifests.WriteAsync(manifest);
            await _state.ChangeAsync(state => state.Merge(0, manifest, hash, finished: false));
        }

        if (!State.Finished)
        {
            await this.RemindAsync();
            _place.Watch(GrainKeys.Aggregators(Federation, _description.Settings.Clusters));
        }

        if (_setbacks.LeftOf(this.GetGrainId()) is var left && left > TimeSpan.Zero)
            _due.Arm(left, AskAll);
        else
            AskAll();
        Show(_time.GetElapsedTime(since));
    }

    private void AskAll()
    {
        _versions.Ask();
        _records.Ask();
        if (_told < State.Version)
            _news.Ask();
    }

    private async Task MakeVersionsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // No version is made of what a crash could still undo.
            await _state.SettleAsync();
            await CarryOutOrdersAsync(cancellationToken);
            var now = _time.GetUtcNow();
            switch (TierMachine.Next(_machine!.Facts(State), now))
            {
                case TierStep.Fold:
                    await FoldAsync(cancellationToken);
                    break;
                case TierStep.Wait wait:
                    if (wait.Until is { } until)
                        _due.Arm(until - now, _versions.Ask);
                    else
                        _due.Clear();
                    return;
                case var other:
                    throw new InvalidOperationException($"the topmost tier has nothing to take over: {other}");
            }
        }
    }

    private async Task FoldAsync(CancellationToken cancellationToken)
    {
        var batch = _machine!.Take(State);
        var request = _machine.RequestOf(State, batch);
        var since = _time.GetTimestamp();
        if (await FoldUnlessOrderedAsync(request, cancellationToken) is not { } result)
            return;
        _metrics.Folded(
            Federation,
            TierNames.Global,
            _time.GetElapsedTime(since),
            request.Inputs.Count * _description!.Parameters * sizeof(float));
        var manifest = _machine.Fold(State, batch, request, result, _time.GetUtcNow());
        var hash = await _manifests.WriteAsync(manifest);
        var accepted = State.Pending.Take(batch.Consumed).Select(pending => pending.AcceptedAt).ToArray();
        await PublishAsync(manifest, state => _machine.Folded(state, batch.Consumed, manifest, hash));
        _metrics.Consumed(Federation, TierNames.Global, accepted, _time.GetUtcNow());
    }

    /// <summary>One state write commits the version and its manifest; then everyone may know.</summary>
    private async Task PublishAsync(VersionManifest manifest, Func<GlobalState, GlobalState> change)
    {
        var previous = State.CommittedAt;
        await _state.ChangeAsync(change);
        Log.VersionCommitted(
            _logger, Federation, manifest.Number, manifest.Kind, manifest.Inputs.Count, manifest.ModelSha256);
        _metrics.Committed(manifest, previous == default ? null : previous);
        _news.Ask();
        _records.Ask();
    }

    private async Task TellClustersAsync(CancellationToken cancellationToken)
    {
        var view = ViewOf(_state.Committed);
        if (view.Finished)
            await FederationGrain.Finish().WaitAsync(cancellationToken);
        if (view.Version > 0)
        {
            FailPoint.Hit(FailPointNames.AdoptionBeforeSend);
            var told = _description!.Settings.Clusters.Select(cluster => GrainFactory
                .GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(Federation, cluster)).AdoptGlobal(view));
            // A cluster that stops with this silo does not answer; who is told again does not mind.
            await Task.WhenAll(told).WaitAsync(cancellationToken);
            FailPoint.Hit(FailPointNames.AdoptionAfterSend);
        }

        _told = view.Version;
    }

    private async Task RecordVersionsAsync(CancellationToken cancellationToken)
    {
        await _state.SettleAsync();
        while (_state.Committed.NextRecord(State) is { } version)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Registry.Record(version, State.Withdrawn.ToArray(), cancellationToken)
                .WaitAsync(cancellationToken);
            // With the next write: to tell the registry again is harmless.
            _state.Note(state => state.Recorded(version));
        }
    }
}
