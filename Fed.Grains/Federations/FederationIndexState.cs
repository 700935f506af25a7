using System.Collections.Immutable;
using Orleans;

namespace Fed.Grains.Federations;

/// <summary>Persistent state of the index.</summary>
[GenerateSerializer, Alias("fed.state.index")]
public sealed class FederationIndexState
{
    [Id(0)]
    public ImmutableSortedSet<string> Names { get; set; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
}
