using Fed.Contracts.Aggregation;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Grains.Clusters;
using Fed.Grains.Federations;
using Fed.Grains.Persistence;
using Fed.Grains.Tiers;

namespace Fed.Simulation;

/// <summary>
/// A cluster aggregator around the real machine, ledger and state: what ClusterAggregatorGrain does, in the same order,
/// without an actor system.
/// </summary>
internal sealed class ClusterShell
{
    private readonly World _world;
    private readonly SimulatedSilo _silo;
    private readonly string _cluster;
    private readonly ClusterMachine _machine;
    private readonly DurableState<ClusterState> _state;
    private readonly WatermarkCache _watermarks;
    private readonly Work _versions;
    private readonly Work _outbox;
    private readonly Work _records;
    private GlobalView? _news;
    private Task? _begin;
    private bool _folding;
    private long _wakeUps;

    public ClusterShell(World world, SimulatedSilo silo, string cluster)
    {
        _world = world;
        _silo = silo;
        _cluster = cluster;
        Life = new Life(silo.Life);
        _machine = new ClusterMachine(silo.Settings, Cohort.Of(silo.Settings, cluster));
        _state = new DurableState<ClusterState>(
            silo.Disk.Open<ClusterState>(Life, $"cluster/{cluster}"), TimeProvider.System, End);
        _watermarks = new WatermarkCache(name => _world.Call(Life, () => silo.Participant(name).GetWatermark()));
        _versions = new Work(world, Life, $"{cluster}: making versions", MakeVersionsAsync);
        _outbox = new Work(world, Life, $"{cluster}: sending aggregates", SendAggregatesAsync);
        _records = new Work(world, Life, $"{cluster}: telling the registry", RecordAsync);
    }

    public Life Life { get; }

    private ClusterState State => _state.Latest;

    private bool Accepting => !State.Finished
        && (_silo.Settings.Mode == Contracts.Federations.FederationMode.Async || (!State.AwaitingGlobal && !_folding));

    public async Task Start()
    {
        var begin = _begin ??= BeginAsync();
        await begin.End();
        if (begin.IsFaulted && _begin == begin)
            _begin = null;
        await begin;
    }

    public async Task<ClusterView> GetView(string participant)
    {
        await Start();
        Watermark? watermark;
        while ((watermark = _watermarks.Find(participant)) is null)
            await LearnAsync(participant);
        var view = new ClusterView(
            0,
            State.Version,
            State.ModelSha256,
            Accepting && !_machine.IsAhead(State, participant),
            State.Finished,
            watermark.Sequence,
            watermark.LastBaseVersion,
            State.GlobalVersion,
            State.IsSuspended(participant));
        await _state.SettleAsync();
        _silo.Seen(_cluster, view.Version, view.ModelSha256);
        return view;
    }

    public async Task<Receipt> Contribute(ContributionOffer offer)
    {
        await Start();
        Watermark? watermark;
        while ((watermark = _watermarks.Find(offer.Participant)) is null)
            await LearnAsync(offer.Participant);
        if (offer.Sequence <= watermark.Sequence)
        {
            var known = Admission.FindReceipt(State, watermark, offer) ?? Admission.RequireSameBytes(
                await OldReceipts.FindAsync(hash => Task.FromResult(_silo.Disk.Manifest(hash)), State.ManifestSha256, offer),
                offer);
            await _state.SettleAsync();
            return known;
        }

        var contribution = Admission.Admit(
            State, watermark, _silo.Settings, _cluster, Accepting, offer, _world.Now);
        _state.Change(state => state.Accept(contribution, offer.Bytes, _world.Now));
        _watermarks.Raise(offer.Participant, contribution.Watermark);
        await _state.SettleAsync();
        _versions.Ask();
        return contribution.Receipt;
    }

    public async Task<bool> AdoptGlobal(GlobalView global)
    {
        await Start();
        if (global.Version > (_news?.Version ?? -1))
            _news = global;
        _versions.Ask();
        return true;
    }

    /// <summary>Its reminder.</summary>
    public async Task<bool> Remind()
    {
        await Start();
        AskAll();
        return true;
    }

    private async Task BeginAsync()
    {
        if (State.Version < 0)
        {
            var manifest = _machine.Initial(State, SimulatedSilo.InitialModel, _world.Now);
            var hash = await _silo.Disk.WriteAsync(Life, manifest);
            await _state.ChangeAsync(state => _machine.Published(state, manifest, hash));
        }

        await AskGlobalAsync();
        AskAll();
    }

    private void AskAll()
    {
        _versions.Ask();
        _outbox.Ask();
        _records.Ask();
    }

    private async Task AskGlobalAsync()
    {
        var global = await _world.Call(Life, () => _silo.Global.GetView());
        if (global.Version > (_news?.Version ?? -1))
        {
            _news = global;
            _versions.Ask();
        }
    }

    private async Task MakeVersionsAsync()
    {
        while (true)
        {
            await _state.SettleAsync();
            var step = TierMachine.Next(_machine.Facts(State, _news), _world.Now);
            _world.Note($"{_cluster} v{State.Version}: {step}");
            switch (step)
            {
                case TierStep.Adopt:
                    var (global, own) = (_news!, _machine.OwnPart(State, _news!));
                    await _world.Pause(Life);
                    var model = own is null ? global.ModelSha256 : $"mix({global.ModelSha256},{own})";
                    await PublishAsync(
                        _machine.Adopt(State, global, model, _world.Now),
                        state => state.Withdraw(global.Withdrawn).Follow(global));
                    break;
                case TierStep.Restore:
                    await RestoreAsync(_news!);
                    break;
                case TierStep.Release:
                    await PublishAsync(_machine.Release(State, _world.Now), static state => state);
                    break;
                case TierStep.Fold:
                    await FoldAsync();
                    break;
                case TierStep.Wait wait:
                    WakeAt(wait.Until);
                    return;
                default:
                    throw new InvalidOperationException($"{step} of a tier that has begun");
            }
        }
    }

    private async Task FoldAsync()
    {
        _folding = true;
        try
        {
            var batch = _machine.Take(State);
            var request = _machine.RequestOf(State, batch);
            var result = await _silo.FoldAsync(Life, request);
            await SettleAsync(State.Pending.Take(batch.Consumed));
            var now = _world.Now;
            var manifest = _machine.Fold(State, batch, request, result, now);
            var hash = await _silo.Disk.WriteAsync(Life, manifest);
            await _state.ChangeAsync(state => _machine.Folded(state, batch.Consumed, result, manifest, hash, now));
        }
        finally
        {
            _folding = false;
        }

        _outbox.Ask();
        _records.Ask();
    }

    private async Task RestoreAsync(GlobalView global)
    {
        _state.Change(state => state.Withdraw(global.Withdrawn));
        var manifest = _machine.Restore(State, global, _world.Now);
        await SettleAsync(State.Pending.Where(State.IsQuarantined).ToArray());
        await PublishAsync(manifest, state => state.Follow(global));
    }

    private async Task PublishAsync(VersionManifest manifest, Func<ClusterState, ClusterState> change)
    {
        var hash = await _silo.Disk.WriteAsync(Life, manifest);
        await _state.ChangeAsync(state => _machine.Published(change(state), manifest, hash));
        _records.Ask();
    }

    private async Task SettleAsync(IEnumerable<PendingContribution> contributions)
    {
        await _state.SettleAsync();
        var newest = contributions
            .GroupBy(contribution => contribution.Participant, StringComparer.Ordinal)
            .ToDictionary(sent => sent.Key, sent => sent.Last().Watermark, StringComparer.Ordinal);
        await Task.WhenAll(newest.Select(
            sent => _world.Call(Life, () => _silo.Participant(sent.Key).Settle(sent.Value))));
        _watermarks.Settled(newest.Keys);
    }

    private async Task SendAggregatesAsync()
    {
        await _state.SettleAsync();
        while (_state.Committed.NextAggregate(State) is { } aggregate)
        {
            try
            {
                await _world.Call(Life, () => _silo.Global.Contribute(aggregate));
            }
            catch (RefusedException refused)
            {
                _world.Note($"{_cluster}: aggregate {aggregate.Sequence} refused: {refused.Message}");
            }

            await _state.ChangeAsync(state => state.Sent(aggregate));
        }
    }

    private async Task RecordAsync()
    {
        await _state.SettleAsync();
        while (_state.Committed.NextRecord(State) is { } version)
        {
            await _world.Call(Life, () => _silo.RecordAsync(version));
            _state.Note(state => state.Recorded(version));
        }
    }

    private Task LearnAsync(string participant) =>
        _watermarks.LearnAsync(participant, () => State.InLedger(participant));

    private void WakeAt(DateTimeOffset? until)
    {
        var wakeUp = ++_wakeUps;
        if (until is { } due)
        {
            _world.At(due - _world.Now, () =>
            {
                if (wakeUp == _wakeUps)
                    _versions.Ask();
            });
        }
    }

    private void End()
    {
        _world.Note($"{_cluster}: a write failed, the activation ends");
        Life.End();
        _world.At(TimeSpan.FromSeconds(1), () => _silo.Wake(_cluster));
    }
}
