using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>One input of a fold.</summary>
/// <param name="Factor">What the blob's integers are multiplied by: W_i of an update, or s of an aggregate.</param>
/// <param name="Weight">What it adds to W: W_i of an update, s W_c of an aggregate.</param>
/// <param name="Count">What it adds to K, in units of the tier's own staleness scale.</param>
[GenerateSerializer, Immutable, Alias("fed.fold-input")]
public sealed record FoldInputReference(
    [property: Id(0)] string Sha256,
    [property: Id(1)] long Factor,
    [property: Id(2)] long Weight,
    [property: Id(3)] long Count);
