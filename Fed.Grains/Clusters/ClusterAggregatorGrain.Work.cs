using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Core.FailPoints;
using Fed.Grains.Federations;
using Fed.Grains.Persistence;
using Fed.Grains.Tiers;
using Orleans;
using Orleans.Runtime;

namespace Fed.Grains.Clusters;

/// <summary>
/// The work between calls: carry out what <see cref="TierMachine"/> says, send aggregates up, tell the registry. All
/// idempotent.
/// </summary>
public sealed partial class ClusterAggregatorGrain
{
    /// <summary>How often a cluster asks for news that nobody sends.</summary>
    private static readonly TimeSpan AskAfter = TimeSpan.FromSeconds(15);

    private Task? _begin;
    private GlobalView? _news;
    private bool _folding;
    private IGrainTimer? _question;

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

    public async Task Reconfigure()
    {
        await EnsureStartedAsync();
        var deadlines = await GrainFactory.GetGrain<IFederationGrain>(Federation).GetDeadlines();
        var settings = deadlines.In(_description!.Settings);
        _description = _description with { Settings = settings };
        _machine = new ClusterMachine(settings, _cohort!);
        _versions.Ask();
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await Start();
        if (State.Finished && State.Outbox.IsEmpty && State.Unrecorded.IsEmpty)
            await this.EndRemindersAsync();
        AskAll();
        // Who was to tell of other settings may have ended before.
        await Reconfigure();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _reading?.Dispose();
        foreach (var work in (BackgroundWork[])[_versions, _outbox, _records, _comparison])
            await work.StopAsync(cancellationToken);
        await _recovery.StopAsync(cancellationToken);
        // Who waits for a change asks the next activation. Gateways of a silo that stops are gone before its actors.
        if (reason.ReasonCode != DeactivationReasonCode.ShuttingDown)
            _changes.Raise();
        // The next activation goes on at once, not when somebody calls it.
        if (_state.HasFailed || _evaluations.HasFailed || reason.ReasonCode == DeactivationReasonCode.Migrating)
            this.AsReference<IClusterAggregatorGrain>().Start().Ignore();
    }

    /// <summary>After a write that failed.</summary>
    private void End()
    {
        _setbacks.Note(this.GetGrainId());
        this.DeactivateOnIdle();
    }

    /// <summary>
    /// The first version, what the global tier knows, and the reminder that outlives this activation.
    /// </summary>
    private async Task BeginAsync()
    {
        var since = _time.GetTimestamp();
        var federation = await DescribeAsync();
        if (State.Version < 0)
        {
            var manifest = _machine!.Initial(State, federation.InitialModel, _time.GetUtcNow());
            var hash = await _manifests.WriteAsync(manifest);
            await _state.ChangeAsync(state => _machine.Published(state, manifest, hash));
        }

        if (!State.Finished)
        {
            await this.RemindAsync();
            await HearGlobalAsync(CancellationToken.None);
            _question = this.RegisterGrainTimer(
                static (self, stopping) => self.AskGlobalAsync(stopping),
                this,
                new GrainTimerCreationOptions { DueTime = AskAfter, Period = AskAfter, Interleave = true });
            _place.Watch(GrainKeys.Aggregators(Federation, federation.Settings.Clusters));
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
        _outbox.Ask();
        _records.Ask();
    }

    /// <summary>Its news may have been lost, with the process that was to send them.</summary>
    private async Task AskGlobalAsync(CancellationToken stopping)
    {
        try
        {
            if (await HearGlobalAsync(stopping))
                _versions.Ask();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The next activation asks.
        }
    }

    /// <returns>Whether the global tier has something new.</returns>
    private async Task<bool> HearGlobalAsync(CancellationToken cancellationToken)
    {
        var global = await Global.GetView().WaitAsync(cancellationToken);
        if (global.Finished)
            _question?.Dispose();
        if (global.Version <= (_news?.Version ?? -1))
            return false;
        _news = global;
        return true;
    }

    private async Task MakeVersionsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // No version is made of what a crash could still undo.
            await _state.SettleAsync();
            var now = _time.GetUtcNow();
            switch (TierMachine.Next(_machine!.Facts(State, _news), now))
            {
                case TierStep.Adopt:
                    await AdoptAsync(_news!, cancellationToken);
                    break;
                case TierStep.Restore:
                    await RestoreAsync(_news!, cancellationToken);
                    break;
                case TierStep.Release:
                    await PublishAsync(_machine.Release(State, now), static state => state);
                    break;
                case TierStep.Fold:
                    await FoldAsync(cancellationToken);
                    break;
                case TierStep.Wait wait:
                    ArmTimer(wait.Until - now);
                    return;
                default:
                    throw new InvalidOperationException("a tier that has begun does not begin again");
            }
        }
    }

    private async Task FoldAsync(CancellationToken cancellationToken)
    {
        _folding = true;
        try
        {
            var batch = _machine!.Take(State);
            var request = _machine.RequestOf(State, batch);
            var result = await FoldAsync(request, State.Pending.GetRange(0, batch.Consumed), cancellationToken);
            await SettleAsync(State.Pending.Take(batch.Consumed), cancellationToken);
            var now = _time.GetUtcNow();
            var manifest = _machine.Fold(State, batch, request, result, now);
            var hash = await _manifests.WriteAsync(manifest);
            var previous = State.CommittedAt;
            await _state.ChangeAsync(state => _machine.Folded(state, batch.Consumed, result, manifest, hash, now));
            Consumed(manifest);
            if (!_machine.Holds)
                Tell(manifest, previous);
        }
        finally
        {
            _folding = false;
        }

        _changes.Raise();
        _outbox.Ask();
        _records.Ask();
    }

    private async Task AdoptAsync(GlobalView global, CancellationToken cancellationToken)
    {
        Compare(global.ModelSha256, State.OwnModel ?? State.ModelSha256);
        var model = _machine!.OwnPart(State, global) is { } own
            ? await _folds.MixAsync(
                global.ModelSha256, own, _description!.Settings.Specialisation, cancellationToken)
            : global.ModelSha256;
        await PublishAsync(
            _machine.Adopt(State, global, model, _time.GetUtcNow()),
            state => state.Withdraw(global.Withdrawn).Follow(global));
    }

    private async Task RestoreAsync(GlobalView global, CancellationToken cancellationToken)
    {
        // First of all, and in one turn: whatever comes meanwhile is decided by it.
        _state.Change(state => state.Withdraw(global.Withdrawn));
        var manifest = _machine!.Restore(State, global, _time.GetUtcNow());
        await SettleAsync(State.Pending.Where(State.IsQuarantined).ToArray(), cancellationToken);
        await PublishAsync(manifest, state => state.Follow(global));
        Log.ContributionsQuarantined(
            _logger, this.GetPrimaryKeyString(), manifest.Quarantined.Count, global.Version);
    }

    /// <summary>
    /// One state write commits the version, its manifest and what it consumed; then everyone may know.
    /// </summary>
    /// <param name="change">What else changes in that write, before.</param>
    private async Task PublishAsync(VersionManifest manifest, Func<ClusterState, ClusterState> change)
    {
        var hash = await _manifests.WriteAsync(manifest);
        var previous = State.CommittedAt;
        await _state.ChangeAsync(state => _machine!.Published(change(state), manifest, hash));
        Tell(manifest, previous);
        _changes.Raise();
        _records.Ask();
    }

    /// <summary>
    /// Raises the participants' watermarks before the ledger forgets their contributions: at every moment one of the
    /// two knows them. A contribution that a crash could still undo raises nothing.
    /// </summary>
    private async Task SettleAsync(
        IEnumerable<PendingContribution> contributions, CancellationToken cancellationToken)
    {
        await _state.SettleAsync();
        var newest = contributions
            .GroupBy(contribution => contribution.Participant, StringComparer.Ordinal)
            .ToDictionary(sent => sent.Key, sent => sent.Last().Watermark, StringComparer.Ordinal);
        await Task.WhenAll(newest.Select(sent => Participant(sent.Key).Settle(sent.Value)))
            .WaitAsync(cancellationToken);
        _watermarks.Settled(newest.Keys);
    }

    /// <summary>At the buffer's deadline or the end of the hold.</summary>
    private void ArmTimer(TimeSpan? left)
    {
        if (left is { } wait)
            _due.Arm(wait, _versions.Ask);
        else
            _due.Clear();
    }

    private async Task SendAggregatesAsync(CancellationToken cancellationToken)
    {
        await _state.SettleAsync();
        while (_state.Committed.NextAggregate(State) is { } aggregate)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                FailPoint.Hit(FailPointNames.AggregateBeforeSend);
                await Global.Contribute(aggregate).WaitAsync(cancellationToken);
                FailPoint.Hit(FailPointNames.AggregateAfterSend);
            }
            catch (RefusedException refused)
            {
                // Final: sending it again would be refused again. The manifest keeps what it held.
                Log.AggregateRefused(_logger, this.GetPrimaryKeyString(), aggregate.Sequence, refused.Message);
            }

            await _state.ChangeAsync(state => state.Sent(aggregate));
        }
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
