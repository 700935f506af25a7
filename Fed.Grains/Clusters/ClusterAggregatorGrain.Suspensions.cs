using Fed.Contracts;
using Fed.Contracts.Aggregation;

namespace Fed.Grains.Clusters;

/// <summary>Whom stewards keep out of the cluster.</summary>
public sealed partial class ClusterAggregatorGrain
{
    public async Task<Suspensions> Suspend(string participant, StewardOrder order)
    {
        await EnsureStartedAsync();
        if (State.IsSuspended(participant))
            return await GetSuspensions();
        _machine!.RequireSuspendable(State, participant);
        await ChangeSuspensionsAsync(state => state.Suspend(participant, order, _time.GetUtcNow()));
        Log.Suspended(_logger, Federation, participant, order.By, order.Reason);
        return await GetSuspensions();
    }

    public async Task<Suspensions> Resume(string participant, StewardOrder order)
    {
        await EnsureStartedAsync();
        if (!State.IsSuspended(participant))
            return await GetSuspensions();
        await ChangeSuspensionsAsync(state => state.Resume(participant, order, _time.GetUtcNow()));
        Log.Resumed(_logger, Federation, participant, order.By, order.Reason);
        return await GetSuspensions();
    }

    public async Task<Suspensions> GetSuspensions()
    {
        await EnsureStartedAsync();
        await _state.SettleAsync();
        return new Suspensions([.. _state.Committed.Suspended], [.. _state.Committed.Resumed]);
    }

    /// <summary>Whoever waits for a task learns of it, and a round that waits for nobody else closes.</summary>
    private async Task ChangeSuspensionsAsync(Func<ClusterState, ClusterState> change)
    {
        await _state.ChangeAsync(change);
        _changes.Raise();
        _versions.Ask();
    }
}
