using Orleans;

namespace Fed.Contracts.Versions;

/// <summary>A steward's order to go back to an earlier global version.</summary>
/// <param name="Version">Number of the global version to restore.</param>
/// <param name="By">Who ordered it; stands in the manifest.</param>
/// <param name="Reason">Why; stands in the manifest.</param>
[GenerateSerializer, Immutable, Alias("fed.rollback-request")]
public sealed record RollbackRequest(
    [property: Id(0)] long Version, [property: Id(1)] string By, [property: Id(2)] string Reason);
