using Orleans;

namespace Fed.Contracts.Versions;

/// <summary>A steward's order to point a channel at a global version.</summary>
/// <param name="Version">Number of the global version.</param>
/// <param name="By">Who ordered it; stands in the channel's manifest.</param>
/// <param name="Reason">Why; stands there too.</param>
[GenerateSerializer, Immutable, Alias("fed.promotion-request")]
public sealed record PromotionRequest(
    [property: Id(0)] long Version, [property: Id(1)] string By, [property: Id(2)] string Reason);
