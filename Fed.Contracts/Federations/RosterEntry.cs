using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>One participant that the consortium knows.</summary>
[GenerateSerializer, Immutable, Alias("fed.roster-entry")]
public sealed record RosterEntry([property: Id(0)] string Name, [property: Id(1)] string Cluster);
