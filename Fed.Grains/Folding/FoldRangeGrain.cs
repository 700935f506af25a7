using Fed.Contracts.Aggregation;
using Fed.Contracts.Storage;
using Fed.Core.Aggregation;
using Fed.Folding;
using Orleans;

namespace Fed.Grains.Folding;

/// <summary>Writes the sums of a range of blocks, on one thread, as a blob of <see cref="RangeSums"/>.</summary>
public sealed class FoldRangeGrain(IBlobStore blobs) : Grain, IFoldRangeGrain
{
    public Task<string> Sum(FoldRequest request, int firstBlock, int blocks, Guid merge, CancellationToken cancellationToken) => Task.Run(async () =>
    {
        using var open = new BlobSet(blobs);
        var files = await FoldFiles.OpenAsync(open, request, cancellationToken);
        var fold = files.Combine(threads: 1, cancellationToken);
        await using var blob = await blobs.CreateAsync(cancellationToken);
        RangeSums.Write(fold, new BlockRange(firstBlock, blocks), merge, blob.Stream, cancellationToken);
        return await blob.CommitAsync(cancellationToken);
    });
}
