using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Grains.Global;
using Fed.Grains.Persistence;
using Fed.Grains.Tiers;
using Fed.Grains.Versions;

namespace Fed.Simulation;

/// <summary>
/// The global aggregator around the real machine and state: what GlobalAggregatorGrain does, in the same order, without
/// an actor system.
/// </summary>
internal sealed class GlobalShell
{
    private readonly World _world;
    private readonly SimulatedSilo _silo;
    private readonly GlobalMachine _machine;
    private readonly DurableState<GlobalState> _state;
    private readonly Work _versions;
    private readonly Work _news;
    private readonly Work _records;
    private readonly Queue<(RollbackRequest Request, TaskCompletionSource<bool> Done)> _orders = [];
    private Task? _begin;
    private long _told = -1;
    private long _wakeUps;

    public GlobalShell(World world, SimulatedSilo silo)
    {
        _world = world;
        _silo = silo;
        Life = new Life(silo.Life);
        _machine = new GlobalMachine(silo.Settings);
        _state = new DurableState<GlobalState>(
            silo.Disk.Open<GlobalState>(Life, TierNames.Global), TimeProvider.System, End);
        _versions = new Work(world, Life, "global: making versions", MakeVersionsAsync);
        _news = new Work(world, Life, "global: telling the clusters", TellAsync);
        _records = new Work(world, Life, "global: telling the registry", RecordAsync);
    }

    public Life Life { get; }

    private GlobalState State => _state.Latest;

    public async Task Start()
    {
        var begin = _begin ??= BeginAsync();
        await begin.End();
        if (begin.IsFaulted && _begin == begin)
            _begin = null;
        await begin;
    }

    public async Task<GlobalView> GetView()
    {
        await Start();
        var view = ViewOf(_state.Committed);
        _silo.Seen(TierNames.Global, view.Version, view.ModelSha256);
        return view;
    }

    public async Task<bool> Contribute(ClusterAggregate aggregate)
    {
        await Start();
        RefusedException? refusal = null;
        if (!State.Has(aggregate))
        {
            try
            {
                var pending = _machine.Admit(State, aggregate, _world.Now);
                _state.Change(state => state.Accept(pending));
            }
            catch (RefusedException refused)
            {
                refusal = refused;
                _state.Change(state => state.PassOver(aggregate));
            }
        }

        await _state.SettleAsync();
        if (refusal is not null)
            throw refusal;
        _versions.Ask();
        return true;
    }

    public async Task<bool> RollBack(RollbackRequest request)
    {
        await Start();
        var done = new TaskCompletionSource<bool>();
        _orders.Enqueue((request, done));
        _versions.Ask();
        return await done.Task;
    }

    /// <summary>Its reminder.</summary>
    public async Task<bool> Remind()
    {
        await Start();
        AskAll();
        return true;
    }

    private static GlobalView ViewOf(GlobalState state) => new(
        state.Version, state.ModelSha256, state.ManifestSha256, state.Finished, state.Merged, state.Withdrawn);

    private async Task BeginAsync()
    {
        if (State.Version < 0)
        {
            var manifest = _machine.Initial(State, SimulatedSilo.InitialModel, _world.Now);
            var hash = await _silo.Disk.WriteAsync(Life, manifest);
            await _state.ChangeAsync(state => state.Merge(0, manifest, hash, finished: false));
        }

        AskAll();
    }

    private void AskAll()
    {
        _versions.Ask();
        _records.Ask();
        if (_told < State.Version)
            _news.Ask();
    }

    private async Task MakeVersionsAsync()
    {
        while (true)
        {
            await _state.SettleAsync();
            while (_orders.TryDequeue(out var order))
                await CarryOutAsync(order.Request, order.Done);
            var step = TierMachine.Next(_machine.Facts(State), _world.Now);
            _world.Note($"global v{State.Version}: {step}");
            if (step is TierStep.Wait wait)
            {
                WakeAt(wait.Until);
                return;
            }

            if (step is not TierStep.Fold)
                throw new InvalidOperationException($"{step} of the topmost tier");
            var batch = _machine.Take(State);
            var request = _machine.RequestOf(State, batch);
            var result = await _silo.FoldAsync(Life, request);
            if (_orders.Count > 0)
                continue;
            var manifest = _machine.Fold(State, batch, request, result, _world.Now);
            var hash = await _silo.Disk.WriteAsync(Life, manifest);
            await PublishAsync(state => _machine.Folded(state, batch.Consumed, manifest, hash));
        }
    }

    private async Task CarryOutAsync(RollbackRequest request, TaskCompletionSource<bool> done)
    {
        if (request.Version >= State.Version || State.Withdrawn.Has(request.Version))
        {
            done.SetResult(false);
            return;
        }

        var target = _silo.Disk.Chain(State.ManifestSha256).First(link => link.Manifest.Number == request.Version);
        var manifest = _machine.Restore(
            State, request, target.Hash, target.Manifest.ModelSha256, target.Manifest.OptimizerState, _world.Now);
        var hash = await _silo.Disk.WriteAsync(Life, manifest);
        await PublishAsync(state => state.RollBack(manifest, hash));
        done.SetResult(true);
    }

    private async Task PublishAsync(Func<GlobalState, GlobalState> change)
    {
        await _state.ChangeAsync(change);
        _news.Ask();
        _records.Ask();
    }

    private async Task TellAsync()
    {
        var view = ViewOf(_state.Committed);
        await Task.WhenAll(_silo.Settings.Clusters.Select(cluster =>
            _world.Call(Life, () => _silo.Cluster(cluster).AdoptGlobal(view))));
        _told = view.Version;
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
        _world.Note($"global: a write failed, the activation ends");
        Life.End();
        _world.At(TimeSpan.FromSeconds(1), () => _silo.Wake(TierNames.Global));
    }
}
