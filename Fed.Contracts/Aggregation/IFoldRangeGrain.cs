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
