using System.Runtime.ExceptionServices;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Contracts.Versions;
using Fed.Core.Buffers;
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
public sealed class GlobalAggregatorGrain : Grain, IGlobalAggregatorGrain
{
    private readonly IPersistentState<GlobalState> _state;
    private readonly IBlobStore _blobs;
    private readonly TimeProvider _time;
    private readonly ILogger<GlobalAggregatorGrain> _logger;
    private readonly GroupCommit _commit;
    private readonly BackgroundWork _versions;
    private readonly BackgroundWork _news;
    private FederationDescription? _description;
    private IGrainTimer? _deadline;
    private bool _resumed;

    public GlobalAggregatorGrain(
        [PersistentState("global", StateStore.Name)] IPersistentState<GlobalState> state,
        IBlobStore blobs,
        TimeProvider time,
        ILogger<GlobalAggregatorGrain> logger)
    {
        _state = state;
        _blobs = blobs;
        _time = time;
        _logger = logger;
        _commit = new GroupCommit(() => state.WriteStateAsync());
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
        return View();
    }

    public async Task Contribute(ClusterAggregate aggregate)
    {
        var settings = await EnsureStartedAsync();
        var last = State.LastSequences.GetValueOrDefault(aggregate.Cluster);
        if (aggregate.Sequence > last)
        {
            if (aggregate.Sequence != last + 1 && !State.Finished)
            {
                throw new InvalidOperationException(
                    $"aggregate {aggregate.Sequence} of cluster '{aggregate.Cluster}' does not follow {last}");
            }

            _state.State = State.Accept(Admit(settings, aggregate));
        }

        // A duplicate waits too: it is acknowledged only when the first one is durable.
        await _commit.CommitAsync();
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
        await Task.WhenAll(_versions.Idle, _news.Idle).WaitAsync(cancellationToken);

    private GlobalView View() =>
        new(State.Version, State.ModelSha256, State.ManifestSha256, State.Finished, State.Merged);

    private async Task<FederationSettings> EnsureStartedAsync()
    {
        if (!_resumed)
            await Start();
        return _description!.Settings;
    }

    private PendingAggregate Admit(FederationSettings settings, ClusterAggregate aggregate)
    {
        if (State.Finished)
        {
            throw new RefusedException(
                RefusalCode.FederationFinished, $"federation '{Federation}' has finished", "nothing: it is not needed");
        }

        var staleness = State.Version - aggregate.BaseGlobalVersion;
        var (factor, divisor) = Tiers.WeighAggregate(settings.Arithmetic, aggregate.Weight, staleness);
        return staleness <= settings.GlobalTier.MaxStaleness && factor > 0
            ? new PendingAggregate(aggregate, staleness, factor, divisor, _time.GetUtcNow())
            : throw new RefusedException(
                RefusalCode.TooStale,
                $"the aggregate is {staleness} global versions old; at most {settings.GlobalTier.MaxStaleness} are allowed",
                "raise globalTier.maxStaleness, or lower the goal of the slow cluster");
    }

    private async Task MakeVersionsAsync()
    {
        var settings = _description!.Settings;
        if (State.Version < 0)
            await CommitInitialAsync();
        if (!_resumed)
        {
            await RecordAsync(await ManifestStore.ReadAsync(_blobs, State.ManifestSha256), State.ManifestSha256);
            _resumed = true;
            _news.Ask();
        }

        var rule = Tiers.GlobalBuffer(settings);
        while (!State.Finished && rule.ShouldClose(State.Pending.Count, BufferAge))
            await CommitFoldAsync(settings, rule.Goal);
        ArmDeadline(rule);
    }

    private TimeSpan BufferAge =>
        State.Pending.IsEmpty ? TimeSpan.Zero : _time.GetUtcNow() - State.Pending[0].AcceptedAt;

    private async Task CommitInitialAsync()
    {
        var manifest = NewManifest("initial", _description!.InitialModel);
        var hash = await ManifestStore.WriteAsync(_blobs, manifest);
        _state.State = State.Merge(0, manifest.ModelSha256, hash, optimizerState: null, finished: false);
        await _commit.CommitAsync();
    }

    private async Task CommitFoldAsync(FederationSettings settings, int goal)
    {
        var batch = State.Pending.GetRange(0, Math.Min(goal, State.Pending.Count));
        var inputs = Tiers.Close(settings.Arithmetic, batch.Select(InputOf), goal);
        var result = await GrainFactory.GetGrain<IFoldWorkerGrain>("fold").Fold(new FoldRequest(
            State.ModelSha256,
            inputs,
            settings.Arithmetic,
            settings.Optimizer,
            State.OptimizerState,
            KeepModel: true,
            KeepSums: false));
        var manifest = NewManifest("fold", result.ModelSha256!) with
        {
            BaseModel = State.ModelSha256,
            Parents = [State.ManifestSha256, .. batch.Select(item => item.Aggregate.ManifestSha256)],
            Inputs = inputs,
            OptimizerState = result.OptimizerState,
            PreviousOptimizerState = State.OptimizerState,
            Arithmetic = settings.Arithmetic,
            Optimizer = settings.Optimizer,
        };
        var hash = await ManifestStore.WriteAsync(_blobs, manifest);
        var finished = settings.TargetVersions > 0 && manifest.Number >= settings.TargetVersions;
        _state.State = State.Merge(batch.Count, manifest.ModelSha256, hash, result.OptimizerState, finished);
        await _commit.CommitAsync();
        Log.VersionCommitted(_logger, Federation, manifest.Number, manifest.Kind, batch.Count, manifest.ModelSha256);
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
        ModelSha256 = model,
        CommittedAt = _time.GetUtcNow(),
    };

    private Task RecordAsync(VersionManifest manifest, string hash) =>
        Registry.Record(VersionRecords.Of(manifest, hash));

    private async Task TellClustersAsync()
    {
        var view = View();
        if (view.Finished)
            await FederationGrain.Finish();
        if (view.Version > 0)
        {
            await Task.WhenAll(_description!.Settings.Clusters.Select(cluster =>
                GrainFactory.GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(Federation, cluster)).AdoptGlobal(view)));
        }
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
