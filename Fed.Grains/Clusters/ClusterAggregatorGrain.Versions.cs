using System.Diagnostics.CodeAnalysis;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Core.Buffers;
using Fed.Core.FailPoints;
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
    /// <summary>How often a cluster asks for news that nobody sends.</summary>
    private static readonly TimeSpan AskAfter = TimeSpan.FromSeconds(15);

    private bool _resumed;
    private bool _folding;
    private long _recorded = -1;
    private GlobalView? _news;
    private IGrainTimer? _timer;
    private IGrainTimer? _question;
    private DateTimeOffset _heldSince;

    private bool Accepting => !State.Finished
        && (_description is { Settings.Mode: FederationMode.Async } || (!State.AwaitingGlobal && !_folding));

    private async Task MakeVersionsAsync()
    {
        var federation = await DescribeAsync();
        await _commit.SettleAsync();
        if (State.Version < 0)
            await CommitInitialAsync(federation);
        if (_recorded < State.Version)
            await RecordNewestAsync();
        if (!_resumed)
            await ResumeAsync();
        if (_news is { } global && IsNews(global))
            await CommitAdoptionAsync(federation.Settings, global);
        var rule = Tiers.ClusterBuffer(federation.Settings, _cohort!);
        if (HasHeldLongEnough(federation.Settings))
            await CommitReleaseAsync(federation.Settings);
        while (!State.AwaitingGlobal && !State.Finished && !IsNews(_news)
            && ReadyBatch(federation.Settings, rule) is { } batch)
            await CommitFoldAsync(federation.Settings, rule.Goal, batch);
        if (!State.Outbox.IsEmpty)
            _outbox.Ask();
        ArmTimer(rule, federation.Settings);
    }

    private bool IsNews([NotNullWhen(true)] GlobalView? global) => global is not null
        && (global.Version > State.GlobalVersion || (global.Finished && !State.Finished));

    /// <summary>What the buffer holds, if it may close; else null.</summary>
    private FoldBatch? ReadyBatch(FederationSettings settings, BufferRule rule)
    {
        if (Tiers.RuleOf(settings.ClusterTier) is not { } robust)
        {
            return rule.ShouldClose(Gathered(settings, rule), BufferAge)
                ? FoldBatch.First(State.Pending.Select(InputOf), Tiers.MostInputs(settings, _cohort!))
                : null;
        }

        var batch = FoldBatch.OnePerSender(
            [.. State.Pending.Select(item => (item.Receipt.Participant, InputOf(item)))],
            Tiers.NeedsReference(robust) ? _cohort!.Trusted : null);
        var senders = batch.Inputs.Count + (batch.Reference is null ? 0 : 1);
        var gathered = Tiers.GathersCohorts(settings) ? FreshMembers : senders;
        return batch.Inputs.Count >= robust.Least
            && (batch.Reference is not null || !Tiers.NeedsReference(robust))
            && rule.ShouldClose(gathered, BufferAge) ? batch : null;
    }

    /// <summary>Nobody contributes twice to one version.</summary>
    private int FreshMembers => State.Pending.Count(pending => pending.BaseVersion == State.Version);

    /// <summary>
    /// What counts towards the goal. Where a whole cohort waits for the global version, that is who has contributed to
    /// the current one: a late contribution in somebody's place would make that one late in turn, and soon everybody.
    /// Twice the cohort closes the buffer in any case.
    /// </summary>
    private int Gathered(FederationSettings settings, BufferRule rule) =>
        !Tiers.GathersCohorts(settings) || State.Pending.Count >= 2 * rule.Goal
            ? State.Pending.Count
            : FreshMembers;

    private TimeSpan BufferAge =>
        State.Pending.IsEmpty ? TimeSpan.Zero : _time.GetUtcNow() - State.BufferOpenedAt;

    /// <summary>After a restart: the global tier may know more than we do.</summary>
    private async Task ResumeAsync()
    {
        await AskGlobalAsync();
        _heldSince = _time.GetUtcNow();
        _question = this.RegisterGrainTimer(
            static (self, _) => self.AskGlobalAsync(),
            this,
            new GrainTimerCreationOptions { DueTime = AskAfter, Period = AskAfter, Interleave = true });
        _resumed = true;
    }

    /// <summary>Its news may have been lost, with the process that was to send them.</summary>
    private async Task AskGlobalAsync()
    {
        var global = await Global.GetView();
        if (global.Version > (_news?.Version ?? -1))
        {
            _news = global;
            _versions.Ask();
        }

        if (global.Finished)
            _question?.Dispose();
    }

    /// <summary>
    /// The registry may have missed the newest version, but no older one: none is made before the last is recorded.
    /// </summary>
    private async Task RecordNewestAsync()
    {
        // Who waits has not heard of it either, when what failed was to write it.
        _changes.Raise();
        var version = State.Version;
        var (hash, last) = (State.ManifestSha256, await _manifests.ReadAsync(State.ManifestSha256));
        if (last.Number == version)
            await RecordAsync(last, hash);
        _recorded = version;
    }

    private Task CommitInitialAsync(FederationDescription federation) =>
        PublishAsync(federation.Settings, NewManifest("initial", federation.InitialModel), static (state, _) => state);

    private async Task CommitFoldAsync(FederationSettings settings, int goal, FoldBatch batch)
    {
        _folding = true;
        try
        {
            var contributions = State.Pending.GetRange(0, batch.Consumed);
            var synchronous = settings.Mode == FederationMode.Sync;
            var inputs = Tiers.Close(settings.Arithmetic, batch.Inputs, goal);
            var result = await GrainFactory.GetGrain<IFoldWorkerGrain>("fold").Fold(new FoldRequest(
                State.ModelSha256,
                inputs,
                settings.Arithmetic,
                Optimizer: null,
                OptimizerState: null,
                KeepModel: !synchronous || settings.Specialisation > 0,
                KeepSums: true,
                settings.ClusterTier.Rule,
                batch.Reference));
            await SettleAsync(contributions);
            var manifest = NewManifest("fold", result.ModelSha256 ?? State.ModelSha256) with
            {
                BaseModel = State.ModelSha256,
                Contributions = [.. contributions.Select(item => item.Receipt)],
                Inputs = inputs,
                Rule = settings.ClusterTier.Rule,
                Reference = batch.Reference,
                SumsSha256 = result.SumsSha256,
                Arithmetic = settings.Arithmetic,
            };
            ClusterState Consume(ClusterState state, string manifestHash) =>
                state.Consume(batch.Consumed, result, Cluster, manifestHash);
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

    /// <summary>
    /// Raises the participants' watermarks before the ledger forgets their contributions: at every moment one of the
    /// two knows them. A contribution that a crash could still undo raises nothing.
    /// </summary>
    private async Task SettleAsync(IEnumerable<PendingContribution> contributions)
    {
        await _commit.SettleAsync();
        await Task.WhenAll(contributions
            .GroupBy(contribution => contribution.Participant, StringComparer.Ordinal)
            .Select(sent => Participant(sent.Key).Settle(sent.Last().Watermark)));
        _watermarks.Settled();
    }

    private static FoldInputReference InputOf(PendingContribution item) =>
        new(item.Receipt.Sha256, item.Receipt.Weight, item.Divisor, Count: 1);

    private async Task CommitAdoptionAsync(FederationSettings settings, GlobalView global)
    {
        var restored = global.Withdrawn.Has(State.GlobalVersion);
        // First of all, and in one turn: whatever comes meanwhile is decided by it.
        _state.State = State.Withdraw(global.Withdrawn);
        if (restored || State.Pending.Exists(State.IsQuarantined))
        {
            await CommitRollbackAsync(settings, global);
            return;
        }

        var own = State.OwnModel ?? State.ModelSha256;
        var model = settings.Specialisation > 0 && own != global.ModelSha256
            ? await GrainFactory.GetGrain<IFoldWorkerGrain>("fold").Mix(global.ModelSha256, own, settings.Specialisation)
            : global.ModelSha256;
        var manifest = NewManifest("adopt", model) with
        {
            BaseModel = own,
            Parents = [State.ManifestSha256, global.ManifestSha256],
            Specialisation = settings.Specialisation,
            GlobalVersion = global.Version,
        };
        await PublishAsync(settings, manifest, (state, _) => state with
        {
            GlobalVersion = global.Version,
            Finished = global.Finished,
        });
    }

    /// <summary>
    /// The restored global model as it is, for the cluster's own direction descends from what is withdrawn.
    /// Contributions
    /// that do leave the ledger for this manifest, and count for nothing.
    /// </summary>
    private async Task CommitRollbackAsync(FederationSettings settings, GlobalView global)
    {
        var quarantined = State.Pending.FindAll(State.IsQuarantined);
        await SettleAsync(quarantined);
        var manifest = NewManifest("rollback", global.ModelSha256) with
        {
            Parents = [State.ManifestSha256, global.ManifestSha256],
            Quarantined = [.. quarantined.Select(item => item.Receipt)],
            GlobalVersion = global.Version,
        };
        await PublishAsync(settings, manifest, (state, _) => state with
        {
            Pending = state.Pending.RemoveAll(state.IsQuarantined),
            GlobalVersion = global.Version,
            Finished = global.Finished,
        });
        Log.ContributionsQuarantined(_logger, this.GetPrimaryKeyString(), quarantined.Count, global.Version);
    }

    private VersionManifest NewManifest(string kind, string model) => new()
    {
        Federation = Federation,
        Tier = Cluster,
        Number = State.Version + 1,
        Kind = kind,
        ModelSha256 = model,
        Parents = State.ManifestSha256.Length > 0 ? [State.ManifestSha256] : [],
        GlobalVersion = State.GlobalVersion,
        CommittedAt = _time.GetUtcNow(),
    };

    /// <summary>
    /// The fold is on its way up, and the cluster's next version is the global one, which it waits for.
    /// </summary>
    private async Task CloseRoundAsync(
        VersionManifest manifest, string? ownModel, Func<ClusterState, string, ClusterState> change)
    {
        var hash = await _manifests.WriteAsync(manifest);
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
        var hash = await _manifests.WriteAsync(manifest);
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

    private async Task RecordAsync(VersionManifest manifest, string hash)
    {
        await Registry.Record(VersionRecords.Of(manifest, hash), State.Withdrawn.ToArray());
        _recorded = manifest.Number;
    }

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
        // What is not durable here could be folded otherwise after a crash.
        await _commit.SettleAsync();
        while (!State.Outbox.IsEmpty)
        {
            var aggregate = State.Outbox[0];
            try
            {
                FailPoint.Hit(FailPointNames.AggregateBeforeSend);
                await Global.Contribute(aggregate);
                FailPoint.Hit(FailPointNames.AggregateAfterSend);
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
