using System.Collections.Immutable;
using Fed.Contracts.Versions;
using Orleans;

namespace Fed.Grains.Versions;

/// <summary>Persistent state of the version DAG: the nodes in order of their arrival.</summary>
[GenerateSerializer, Alias("fed.state.registry")]
public sealed class RegistryState
{
    [Id(0)] public ImmutableList<VersionRecord> Versions { get; set; } = [];
}
