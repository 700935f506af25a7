using Orleans;

namespace Fed.Grains.Clusters;

/// <summary>A version that contributions may still be based on.</summary>
/// <param name="GlobalVersion">The global version that it descends from.</param>
[GenerateSerializer, Immutable, Alias("fed.state.base")]
public sealed record BaseVersion([property: Id(0)] long Version, [property: Id(1)] string ModelSha256, [property: Id(2)] long GlobalVersion);
