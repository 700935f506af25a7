using Fed.Contracts.Federations;
using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>A closed buffer, to be computed by a stateless worker. It refers to bytes by their SHA-256 only.</summary>
/// <param name="BaseModel">Model blob that the mean is applied to.</param>
/// <param name="Inputs">Updates (cluster tier) or int64 sums (global tier) with their integer weights.</param>
/// <param name="Optimizer">Null: the mean is added as it is.</param>
/// <param name="OptimizerState">Blob of the optimiser's moments; null at first.</param>
/// <param name="KeepModel">Write the stepped model as a blob.</param>
/// <param name="KeepSums">Also write S as a blob, to be sent upward.</param>
/// <param name="Rule">How the inputs are combined, as in <see cref="TierSettings.Rule"/>.</param>
/// <param name="Reference">The trusted update that the rule compares the inputs with; null where it needs none.</param>
[GenerateSerializer, Immutable, Alias("fed.fold-request")]
public sealed record FoldRequest(
    [property: Id(0)] string BaseModel,
    [property: Id(1)] IReadOnlyList<FoldInputReference> Inputs,
    [property: Id(2)] ArithmeticSettings Arithmetic,
    [property: Id(3)] OptimizerSettings? Optimizer,
    [property: Id(4)] string? OptimizerState,
    [property: Id(5)] bool KeepModel,
    [property: Id(6)] bool KeepSums,
    [property: Id(7)] string Rule,
    [property: Id(8)] string? Reference);
