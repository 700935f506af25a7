using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Core.Buffers;
using Fed.Grains.Federations;
using Fed.Grains.Versions;
using Orleans;
using Orleans.Runtime;

namespace Fed.Grains.Clusters;

/// <summary>
/// The work between calls: fold a full buffer, adopt a global version, send aggregates up. All idempotent.
/// </summary>
public sealed partial class ClusterAggregatorGrain
{
    private bool _resumed;
    private bool _folding;
    private GlobalView? _news;
    private IGrainTimer? _timer;
    private DateTimeOffset _heldSince;

    private bool Accepting => !State.Finished
        && (_description is { Settings.Mode: FederationMode.Async } || (!State.AwaitingGlobal && !_folding));

    private async Task MakeVersionsAsync()
    {
        var federation = await DescribeAsync();
        if (State.Version < 0)
            await CommitInitialAsync(federation);
        if (!_resumed)
            await ResumeAsync();
        if (_news is { } global && (global.Version > State.GlobalVersion || (global.Finished && !State.Finished)))
            await CommitAdoptionAsync(federation.Settings, global);
        var rule = Tiers.ClusterBuffer(federation.Settings, Cluster);
        if (HasHeldLongEnough(federation.Settings))
            await CommitReleaseAsync(federation.Settings);
        while (!State.AwaitingGlobal && !State.Finished && rule.ShouldClose(Gathered(federation.Settings, rule), BufferAge))
            await CommitFoldAsync(federation.Settings, rule.Goal);
        ArmTimer(rule, federation.Settings);
    }

    /// <summary>
    /// What counts towards the goal. Where a whole cohort waits for the global version, that is who has contributed to
    /// the current one: a late contribution in somebody's place would make that one late in turn, and soon everybody.
    /// Twice the cohort closes the buffer in any case.
    /// </summary>
    private int Gathered(FederationSettings settings, BufferRule rule) =>
        !Tiers.GathersCohorts(settings) || State.Pending.Count >= 2 * rule.Goal
            ? State.Pending.Count
            : State.Members.Values.Count(member => member.LastBaseVersion == State.Version);

    private TimeSpan BufferAge =>
        State.Pending.IsEmpty ? TimeSpan.Zero : _time.GetUtcNow() - State.BufferOpenedAt;

    /// <summary>After a restart: the registry and the global tier may have missed, or know, more than we do.</summary>
    private async Task ResumeAsync()
    {
        var last = await ManifestStore.ReadAsync(_blobs, State.ManifestSha256);
        if (last.Number == State.Version)
            await RecordAsync(last, State.ManifestSha256);
        var global = await Global.GetView();
        if (global.Version > (_news?.Version ?? -1))
            _news = global;
        _heldSince = _time.GetUtcNow();
        _resumed = true;
        _outbox.Ask();
    }

    private Task CommitInitialAsync(FederationDescription federation) =>
        PublishAsync(federation.Settings, NewManifest("initial", federation.InitialModel), static (state, _) => state);

    private async Task CommitFoldAsync(FederationSettings settings, int goal)
    {
        _folding = true;
        try
        {
            var most = Tiers.GathersCohorts(settings) ? 2 * goal : goal;
            var batch = State.Pending.GetRange(0, Math.Min(most, State.Pending.Count));
            var synchronous = settings.Mode == FederationMode.Sync;
            var inputs = Tiers.Close(settings.Arithmetic, batch.Select(InputOf), goal);
            var result = await GrainFactory.GetGrain<IFoldWorkerGrain>("fold").Fold(new FoldRequest(
                State.ModelSha256,
                inputs,
                settings.Arithmetic,
                Optimizer: null,
                OptimizerState: null,
                KeepModel: !synchronous || settings.Specialisation > 0,
                KeepSums: true));
            var manifest = NewManifest("fold", result.ModelSha256 ?? State.ModelSha256) with
            {
                BaseModel = State.ModelSha256,
                Contributions = [.. batch.Select(item => item.Receipt)],
                Inputs = inputs,
                SumsSha256 = result.SumsSha256,
                Arithmetic = settings.Arithmetic,
            };
            ClusterState Consume(ClusterState state, string manifestHash) =>
                state.Consume(batch.Count, result, Cluster, manifestHash);
            if (synchronous || settings.HoldSeconds > 0)
                await CloseRoundAsync(manifest, result.ModelSha256, Consume);
            else
                await PublishAsync(settings, manifest, Consume);
        }
        finally
        {
            _folding = false;
        }

        _changes.Raise();
        _outbox.Ask();
    }

    private static FoldInputReference InputOf(PendingContribution item) =>
        new(item.Receipt.Sha256, item.Receipt.Weight, item.Divisor, Count: 1);

    private async Task CommitAdoptionAsync(FederationSettings settings, GlobalView global)
    {
        var own = State.OwnModel ?? State.ModelSha256;
        var model = settings.Specialisation > 0 && own != global.ModelSha256
            ? await GrainFactory.GetGrain<IFoldWorkerGrain>("fold").Mix(global.ModelSha256, own, settings.Specialisation)
            : global.ModelSha256;
        var manifest = NewManifest("adopt", model) with
        {
            BaseModel = own,
            Parents = [State.ManifestSha256, global.ManifestSha256],
            Specialisation = settings.Specialisation,
        };
        await PublishAsync(settings, manifest, (state, _) => state with
        {
            GlobalVersion = global.Version,
            Finished = global.Finished,
        });
    }

    private VersionManifest NewManifest(string kind, string model) => new()
    {
        Federation = Federation,
        Tier = Cluster,
        Number = State.Version + 1,
        Kind = kind,
        ModelSha256 = model,
        Parents = State.ManifestSha256.Length > 0 ? [State.ManifestSha256] : [],
        CommittedAt = _time.GetUtcNow(),
    };

    /// <summary>
    /// The fold is on its way up, and the cluster's next version is the global one, which it waits for.
    /// </summary>
    private async Task CloseRoundAsync(
        VersionManifest manifest, string? ownModel, Func<ClusterState, string, ClusterState> change)
    {
        var hash = await ManifestStore.WriteAsync(_blobs, manifest);
        _state.State = change(State, hash) with { AwaitingGlobal = true, OwnModel = ownModel, ManifestSha256 = hash };
        _heldSince = _time.GetUtcNow();
        await _commit.CommitAsync();
    }

    private bool HasHeldLongEnough(FederationSettings settings) =>
        State.AwaitingGlobal && !State.Finished && settings.Mode == FederationMode.Async
        && _time.GetUtcNow() - _heldSince >= TimeSpan.FromSeconds(settings.HoldSeconds);

    /// <summary>The global tier takes its time: training goes on from the cluster's own fold.</summary>
    private Task CommitReleaseAsync(FederationSettings settings) =>
        PublishAsync(settings, NewManifest("release", State.OwnModel!), static (state, _) => state);

    /// <summary>
    /// One state write commits the version, its manifest and what it consumed; then everyone may know.
    /// </summary>
    /// <param name="change">What else changes in that write, given the state at that moment and the manifest's
    /// hash.</param>
    private async Task PublishAsync(
        FederationSettings settings, VersionManifest manifest, Func<ClusterState, string, ClusterState> change)
    {
        var hash = await ManifestStore.WriteAsync(_blobs, manifest);
        _state.State = change(State, hash).Publish(manifest.ModelSha256, hash, settings.ClusterTier.MaxStaleness);
        await _commit.CommitAsync();
        Log.VersionCommitted(
            _logger,
            this.GetPrimaryKeyString(),
            manifest.Number,
            manifest.Kind,
            manifest.Contributions.Count,
            manifest.ModelSha256);
        _changes.Raise();
        await RecordAsync(manifest, hash);
    }

    private Task RecordAsync(VersionManifest manifest, string hash) =>
        Registry.Record(VersionRecords.Of(manifest, hash));

    /// <summary>
    /// Wakes at the buffer's deadline or, while it waits for the global tier, at the end of the hold.
    /// </summary>
    private void ArmTimer(BufferRule rule, FederationSettings settings)
    {
        _timer?.Dispose();
        _timer = null;
        TimeSpan left;
        if (State.AwaitingGlobal && settings.Mode == FederationMode.Async)
            left = _heldSince + TimeSpan.FromSeconds(settings.HoldSeconds) - _time.GetUtcNow();
        else if (rule.HasDeadline && !State.Pending.IsEmpty && !State.AwaitingGlobal)
            left = rule.Deadline - BufferAge;
        else
            return;
        if (State.Finished || left <= TimeSpan.Zero)
            return;
        _timer = this.RegisterGrainTimer(
            static (self, _) =>
            {
                self._versions.Ask();
                return Task.CompletedTask;
            },
            this,
            new GrainTimerCreationOptions { DueTime = left, Period = Timeout.InfiniteTimeSpan, Interleave = true });
    }

    private async Task SendAggregatesAsync()
    {
        while (!State.Outbox.IsEmpty)
        {
            var aggregate = State.Outbox[0];
            try
            {
                await Global.Contribute(aggregate);
            }
            catch (RefusedException refused)
            {
                // Final: sending it again would be refused again. The manifest keeps what it held.
                Log.AggregateRefused(_logger, this.GetPrimaryKeyString(), aggregate.Sequence, refused.Message);
            }

            _state.State = State with { Outbox = State.Outbox.RemoveAll(sent => sent.Sequence == aggregate.Sequence) };
            await _commit.CommitAsync();
        }
    }
}
