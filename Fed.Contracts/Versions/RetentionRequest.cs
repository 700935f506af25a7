using Orleans;

namespace Fed.Contracts.Versions;

/// <summary>A steward's order to give up old versions.</summary>
/// <param name="Keep">Versions of each tier that are kept, the newest; at least 1.</param>
/// <param name="By">Who ordered it; stands in the manifest.</param>
/// <param name="Reason">Why; stands in the manifest.</param>
/// <param name="DryRun">Only say what would be.</param>
[GenerateSerializer, Immutable, Alias("fed.retention-request")]
public sealed record RetentionRequest(
    [property: Id(0)] int Keep,
    [property: Id(1)] string By,
    [property: Id(2)] string Reason,
    [property: Id(3)] bool DryRun);
