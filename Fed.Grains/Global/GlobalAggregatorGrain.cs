using System.Runtime.ExceptionServices;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Core.Buffers;
using Fed.Core.FailPoints;
using Fed.Grains.Federations;
using Fed.Grains.Persistence;
using Fed.Grains.Versions;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Grains.Global;

/// <summary>
/// The buffer of cluster aggregates and the global versions. Reentrant, as the cluster aggregators are.
/// </summary>
[Reentrant]
public sealed partial class GlobalAggregatorGrain : Grain, IGlobalAggregatorGrain
{
    private readonly IPersistentState<GlobalState> _state;
    private readonly ManifestStore _manifests;
    private readonly TimeProvider _time;
    private readonly ILogger<GlobalAggregatorGrain> _logger;
    private readonly GroupCommit _commit;
    private readonly BackgroundWork _versions;
    private readonly BackgroundWork _news;
    private FederationDescription? _description;
    private IGrainTimer? _deadline;
    private bool _resumed;
    private long _recorded = -1;
    private long _told = -1;

    public GlobalAggregatorGrain(
        [PersistentState("global", StateStore.Name)] IPersistentState<GlobalState> state,
        ManifestStore manifests,
        TimeProvider time,
        ILogger<GlobalAggregatorGrain> logger)
    {
        _state = state;
        _manifests = manifests;
        _time = time;
        _logger = logger;
        _commit = GroupCommit.Of(this, state);
        _versions = new BackgroundWork(this, "making versions", MakeVersionsAsync, logger);
        _news = new BackgroundWork(this, "telling the clusters", TellClustersAsync, logger);
    }

    private string Federation => this.GetPrimaryKeyString();

    private GlobalState State => _state.State;

    private IFederationGrain FederationGrain => GrainFactory.GetGrain<IFederationGrain>(Federation);

    private IModelRegistryGrain Registry => GrainFactory.GetGrain<IModelRegistryGrain>(Federation);

    public async Task Start()
    {
        _description ??= await FederationGrain.Describe();
        _versions.Ask();
        await _versions.Idle;
        if (!_resumed && _versions.Failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    public async Task<GlobalView> GetView()
    {
        await EnsureStartedAsync();
        return await DurableViewAsync();
    }

    public async Task Contribute(ClusterAggregate aggregate)
    {
        var settings = await EnsureStartedAsync();
        var last = State.LastSequences.GetValueOrDefault(aggregate.Cluster);
        RefusedException? refusal = null;
        if (aggregate.Sequence > last)
        {
            if (aggregate.Sequence != last + 1)
            {
                throw new InvalidOperationException(
                    $"aggregate {aggregate.Sequence} of cluster '{aggregate.Cluster}' does not follow {last}");
            }

            var staleness = State.Version - aggregate.BaseGlobalVersion;
            refusal = Refusal(settings, aggregate, staleness);
            _state.State = refusal is null
                ? State.Accept(Weigh(settings, aggregate, staleness))
                : State.PassOver(aggregate);
        }

        // A duplicate waits too: it is acknowledged only when the first one is durable. So does a refusal: it is final.
        await _commit.CommitAsync();
        if (refusal is not null)
            throw refusal;
        _versions.Ask();
    }

    public async Task<TierStatus> GetStatus()
    {
        var settings = await EnsureStartedAsync();
        return new TierStatus(
            TierNames.Global,
            State.Version,
            State.ModelSha256,
            State.Pending.Count,
            Tiers.GlobalBuffer(settings).Goal,
            State.Accepted,
            State.Accepted == 0 ? 0 : (double)State.StalenessSum / State.Accepted,
            State.StalenessMax,
            Accuracy: null,
            BytesAccepted: 0);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        // News are told again by the next activation; a cluster that is being told may be waiting for it.
        await _versions.Idle.WaitAsync(cancellationToken);

    private GlobalView View() =>
        new(State.Version, State.ModelSha256, State.ManifestSha256, State.Finished, State.Merged, State.Withdrawn.ToArray());

    /// <summary>Nobody is to build on a version that a crash could still undo.</summary>
    private async Task<GlobalView> DurableViewAsync()
    {
        var view = View();
        await _commit.SettleAsync();
        return view;
    }

    private async Task<FederationSettings> EnsureStartedAsync()
    {
        if (!_resumed)
            await Start();
        return _description!.Settings;
    }

    /// <summary>Why the aggregate is not taken; null when it is.</summary>
    private RefusedException? Refusal(FederationSettings settings, ClusterAggregate aggregate, long staleness)
    {
        if (State.Withdrawn.Has(aggregate.BaseGlobalVersion))
        {
            return new RefusedException(
                RefusalCode.VersionWithdrawn,
                $"the aggregate descends from global version {aggregate.BaseGlobalVersion}, which is withdrawn",
                "nothing: it is quarantined");
        }

        if (State.Finished)
        {
            return new RefusedException(
                RefusalCode.FederationFinished, $"federation '{Federation}' has finished", "nothing: it is not needed");
        }

        return staleness <= settings.GlobalTier.MaxStaleness
            && Tiers.WeighAggregate(settings.Arithmetic, aggregate.Weight, staleness).Factor > 0
            ? null
            : new RefusedException(
                RefusalCode.TooStale,
                $"the aggregate is {staleness} global versions old; at most {settings.GlobalTier.MaxStaleness} are "
                + "allowed",
                "raise globalTier.maxStaleness, or lower the goal of the slow cluster");
    }

    private PendingAggregate Weigh(FederationSettings settings, ClusterAggregate aggregate, long staleness)
    {
        var (factor, divisor) = Tiers.WeighAggregate(settings.Arithmetic, aggregate.Weight, staleness);
        return new PendingAggregate(aggregate, staleness, factor, divisor, _time.GetUtcNow());
    }

    private async Task MakeVersionsAsync()
    {
        var settings = _description!.Settings;
        await _commit.SettleAsync();
        if (State.Version < 0)
            await CommitInitialAsync();
        // No version is made before the last is recorded, so that the registry may have missed the newest only.
        if (_recorded < State.Version)
            await RecordAsync(await _manifests.ReadAsync(State.ManifestSha256), State.ManifestSha256);
        _resumed = true;
        var rule = Tiers.GlobalBuffer(settings);
        await CarryOutOrdersAsync();
        while (!State.Finished && ReadyBatch(settings, rule) is { } batch)
        {
            await CommitFoldAsync(settings, rule.Goal, batch);
            await CarryOutOrdersAsync();
        }

        if (_told < State.Version)
            _news.Ask();
        ArmDeadline(rule);
    }

    private TimeSpan BufferAge =>
        State.Pending.IsEmpty ? TimeSpan.Zero : _time.GetUtcNow() - State.Pending[0].AcceptedAt;

    private async Task CommitInitialAsync()
    {
        var manifest = NewManifest("initial", _description!.InitialModel);
        var hash = await _manifests.WriteAsync(manifest);
        _state.State = State.Merge(0, manifest.ModelSha256, hash, optimizerState: null, finished: false);
        await _commit.CommitAsync();
    }

    /// <summary>What the buffer holds, if it may close; else null.</summary>
    private FoldBatch? ReadyBatch(FederationSettings settings, BufferRule rule)
    {
        if (Tiers.RuleOf(settings.GlobalTier) is not { } robust)
        {
            return rule.ShouldClose(State.Pending.Count, BufferAge)
                ? FoldBatch.First(State.Pending.Select(InputOf), rule.Goal)
                : null;
        }

        var batch = FoldBatch.OnePerSender(
            [.. State.Pending.Select(item => (item.Aggregate.Cluster, InputOf(item)))], trusted: null);
        return batch.Inputs.Count >= robust.Least && rule.ShouldClose(batch.Inputs.Count, BufferAge) ? batch : null;
    }

    private async Task CommitFoldAsync(FederationSettings settings, int goal, FoldBatch batch)
    {
        var aggregates = State.Pending.GetRange(0, batch.Consumed);
        var inputs = Tiers.Close(settings.Arithmetic, batch.Inputs, goal);
        var result = await GrainFactory.GetGrain<IFoldWorkerGrain>("fold").Fold(new FoldRequest(
            State.ModelSha256,
            inputs,
            settings.Arithmetic,
            settings.Optimizer,
            State.OptimizerState,
            KeepModel: true,
            KeepSums: false,
            settings.GlobalTier.Rule,
            batch.Reference));
        var manifest = NewManifest("fold", result.ModelSha256!) with
        {
            BaseModel = State.ModelSha256,
            Parents = [State.ManifestSha256, .. aggregates.Select(item => item.Aggregate.ManifestSha256)],
            Inputs = inputs,
            Rule = settings.GlobalTier.Rule,
            OptimizerState = result.OptimizerState,
            PreviousOptimizerState = State.OptimizerState,
            Arithmetic = settings.Arithmetic,
            Optimizer = settings.Optimizer,
        };
        var hash = await _manifests.WriteAsync(manifest);
        var finished = settings.TargetVersions > 0 && manifest.Number >= settings.TargetVersions;
        _state.State = State.Merge(batch.Consumed, manifest.ModelSha256, hash, result.OptimizerState, finished);
        await _commit.CommitAsync();
        Log.VersionCommitted(_logger, Federation, manifest.Number, manifest.Kind, inputs.Length, manifest.ModelSha256);
        await RecordAsync(manifest, hash);
        _news.Ask();
    }

    private static FoldInputReference InputOf(PendingAggregate item) =>
        new(item.Aggregate.SumsSha256, item.Factor, item.Divisor, item.Aggregate.Count);

    private VersionManifest NewManifest(string kind, string model) => new()
    {
        Federation = Federation,
        Tier = TierNames.Global,
        Number = State.Version + 1,
        Kind = kind,
        GlobalVersion = State.Version + 1,
        ModelSha256 = model,
        CommittedAt = _time.GetUtcNow(),
    };

    private async Task RecordAsync(VersionManifest manifest, string hash)
    {
        await Registry.Record(VersionRecords.Of(manifest, hash), State.Withdrawn.ToArray());
        _recorded = manifest.Number;
    }

    private async Task TellClustersAsync()
    {
        var view = await DurableViewAsync();
        if (view.Finished)
            await FederationGrain.Finish();
        if (view.Version > 0)
        {
            FailPoint.Hit(FailPointNames.AdoptionBeforeSend);
            await Task.WhenAll(_description!.Settings.Clusters.Select(cluster =>
                GrainFactory.GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(Federation, cluster)).AdoptGlobal(view)));
            FailPoint.Hit(FailPointNames.AdoptionAfterSend);
        }

        _told = view.Version;
    }

    private void ArmDeadline(BufferRule rule)
    {
        _deadline?.Dispose();
        _deadline = null;
        var left = rule.Deadline - BufferAge;
        if (!rule.HasDeadline || State.Pending.IsEmpty || left <= TimeSpan.Zero)
            return;
        _deadline = this.RegisterGrainTimer(
            static (self, _) =>
            {
                self._versions.Ask();
                return Task.CompletedTask;
            },
            this,
            new GrainTimerCreationOptions { DueTime = left, Period = Timeout.InfiniteTimeSpan, Interleave = true });
    }
}
