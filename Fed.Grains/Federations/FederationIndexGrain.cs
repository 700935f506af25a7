using System.Collections.Immutable;
using Fed.Contracts.Federations;
using Fed.Grains.Persistence;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Grains.Federations;

/// <summary>The names of all federations of a cluster of silos.</summary>
[Reentrant]
public sealed class FederationIndexGrain(
    [PersistentState("index", StateStore.Name)] IPersistentState<FederationIndexState> state, TimeProvider time)
    : DurableGrain<FederationIndexState>(state, time), IFederationIndexGrain
{
    public Task Add(string name) => Durable.Latest.Names.Contains(name)
        ? Durable.SettleAsync()
        : Durable.ChangeAsync(state => state with { Names = state.Names.Add(name) });

    public Task<IReadOnlyList<string>> List() =>
        Task.FromResult<IReadOnlyList<string>>(Durable.Committed.Names.Order(StringComparer.Ordinal).ToArray());
}

/// <summary>Persistent state of the index.</summary>
[GenerateSerializer, Immutable, Alias("fed.state.index")]
public sealed record FederationIndexState
{
    [Id(0)]
    public ImmutableSortedSet<string> Names { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
}
