using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>One participant that the consortium knows.</summary>
/// <param name="Trusted">Its data are the consortium's own: the rule <c>fltrust</c> judges the others by its update,
/// which does not count itself.</param>
[GenerateSerializer, Immutable, Alias("fed.roster-entry")]
public sealed record RosterEntry(
    [property: Id(0)] string Name, [property: Id(1)] string Cluster, [property: Id(2)] bool Trusted = false);
