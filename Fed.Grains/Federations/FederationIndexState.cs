using System.Collections.Immutable;
using Orleans;

namespace Fed.Grains.Federations;

/// <summary>Persistent state of the index.</summary>
[GenerateSerializer, Immutable, Alias("fed.state.index")]
public sealed record FederationIndexState
{
    [Id(0)]
    public ImmutableSortedSet<string> Names { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
}
