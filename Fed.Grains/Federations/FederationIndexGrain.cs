using Fed.Contracts.Federations;
using Fed.Grains.Persistence;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Grains.Federations;

/// <summary>The names of all federations of a cluster of silos.</summary>
[Reentrant]
public sealed class FederationIndexGrain(
    [PersistentState("index", StateStore.Name)] IPersistentState<FederationIndexState> state)
    : Grain, IFederationIndexGrain
{
    private readonly GroupCommit _commit = new(() => state.WriteStateAsync());

    public Task Add(string name)
    {
        if (state.State.Names.Contains(name))
            return _commit.SettleAsync();
        state.State.Names = state.State.Names.Add(name);
        return _commit.CommitAsync();
    }

    public async Task<IReadOnlyList<string>> List()
    {
        await _commit.SettleAsync();
        return state.State.Names.Order(StringComparer.Ordinal).ToArray();
    }
}
