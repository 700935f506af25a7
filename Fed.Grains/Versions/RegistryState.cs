using System.Collections.Immutable;
using Fed.Contracts.Versions;
using Orleans;

namespace Fed.Grains.Versions;

/// <summary>Persistent state of the version DAG; its nodes stand in pages.</summary>
[GenerateSerializer, Immutable, Alias("fed.state.registry")]
public sealed record RegistryState
{
    /// <summary>By tier, the newest version.</summary>
    [Id(0)]
    public ImmutableSortedDictionary<string, long> Newest { get; init; } =
        ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    [Id(1)] public ImmutableList<VersionRange> Withdrawn { get; init; } = [];

    /// <summary>Null until something is promoted.</summary>
    [Id(2)] public StableChannel? Stable { get; init; }

    /// <summary>Null until versions are given up.</summary>
    [Id(3)] public RetentionMark? Retention { get; init; }
}
