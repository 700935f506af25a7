using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>What a fold wrote. The same request gives the same hashes, on any machine.</summary>
[GenerateSerializer, Immutable, Alias("fed.fold-result")]
public sealed record FoldResult(
    [property: Id(0)] string? ModelSha256,
    [property: Id(1)] string? SumsSha256,
    [property: Id(2)] string? OptimizerState,
    [property: Id(3)] long Weight,
    [property: Id(4)] long Count);
