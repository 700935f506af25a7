using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>The settings of an accepted federation and what was derived from them.</summary>
[GenerateSerializer, Immutable, Alias("fed.description")]
public sealed record FederationDescription(
    [property: Id(0)] FederationSettings Settings,
    [property: Id(1)] string InitialModel,
    [property: Id(2)] string LayoutHash,
    [property: Id(3)] long Parameters,
    [property: Id(4)] FederationState State)
{
    /// <summary>The cluster of a participant, or null when the roster does not know it.</summary>
    public string? ClusterOf(string participant) =>
        Settings.Roster.FirstOrDefault(entry => entry.Name == participant)?.Cluster;
}
