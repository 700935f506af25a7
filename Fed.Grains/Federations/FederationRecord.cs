using Fed.Contracts.Federations;
using Orleans;

namespace Fed.Grains.Federations;

/// <summary>Persistent state of a federation.</summary>
[GenerateSerializer, Immutable, Alias("fed.state.federation")]
public sealed record FederationRecord
{
    /// <summary>Null until the federation is created.</summary>
    [Id(0)] public FederationDescription? Description { get; init; }
}
