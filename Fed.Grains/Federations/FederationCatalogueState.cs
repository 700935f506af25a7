using System.Collections.Immutable;
using Orleans;

namespace Fed.Grains.Federations;

/// <summary>Persistent state of the catalogue.</summary>
[GenerateSerializer, Alias("fed.state.catalogue")]
public sealed class FederationCatalogueState
{
    [Id(0)]
    public ImmutableSortedSet<string> Names { get; set; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
}
