using Fed.Contracts.Federations;
using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>
/// Sums a range of a fold's blocks, for whoever merges the ranges. It keeps nothing between calls; yet it is an ordinary
/// grain, since stateless workers run in their caller's silo and ranges are to spread over all silos. Key: any, one for
/// each range of a fold.
/// </summary>
[Alias("fed.IFoldRangeGrain")]
public interface IFoldRangeGrain : IGrainWithStringKey
{
    /// <param name="merge">Names the merge that the range is for: its blob is no other's.</param>
    /// <returns>SHA-256 of a blob that the caller reads and removes.</returns>
    /// <param name="cancellationToken">When nobody waits for the fold any more.</param>
    [Alias("Sum"), ResponseTimeout("06:00:00")]
    Task<string> Sum(FoldRequest request, int firstBlock, int blocks, Guid merge, CancellationToken cancellationToken);
}

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

/// <summary>What a fold wrote. The same request gives the same hashes, on any machine.</summary>
/// <param name="SumNorm">
/// L2 norm of S / 2^f, for metrics alone: its last digits may differ between machines. 0: not known.
/// </param>
[GenerateSerializer, Immutable, Alias("fed.fold-result")]
public sealed record FoldResult(
    [property: Id(0)] string? ModelSha256,
    [property: Id(1)] string? SumsSha256,
    [property: Id(2)] string? OptimizerState,
    [property: Id(3)] long Weight,
    [property: Id(4)] long Count,
    [property: Id(5)] double SumNorm = 0);
