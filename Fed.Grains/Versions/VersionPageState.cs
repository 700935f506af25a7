using System.Collections.Immutable;
using Fed.Contracts.Versions;
using Orleans;

namespace Fed.Grains.Versions;

/// <summary>Persistent state of one page of the version DAG, by number.</summary>
[GenerateSerializer, Immutable, Alias("fed.state.version-page")]
public sealed record VersionPageState
{
    [Id(0)]
    public ImmutableSortedDictionary<long, VersionRecord> Versions { get; init; } =
        ImmutableSortedDictionary<long, VersionRecord>.Empty;
}
