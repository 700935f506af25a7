using Orleans;

namespace Fed.Contracts.Versions;

/// <summary>A name for a version, which moves: <c>candidate</c> is the newest one, <c>stable</c> what stewards
/// promoted.</summary>
/// <param name="Version">The global version; null while nothing was promoted.</param>
/// <param name="Move">The last move, a version of the tier that is named after the channel; null for candidate.</param>
[GenerateSerializer, Immutable, Alias("fed.channel")]
public sealed record ChannelView(
    [property: Id(0)] string Name, [property: Id(1)] VersionRecord? Version, [property: Id(2)] VersionRecord? Move);
