using Fed.Contracts.Aggregation;
using Fed.Contracts.Storage;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Folding;
using Orleans;
using Orleans.Placement;

namespace Fed.Grains.Folding;

/// <summary>
/// Writes the sums of a range of blocks, on one thread, as a blob of <see cref="RangeSums"/>; on a silo whose processor
/// is free.
/// </summary>
[ResourceOptimizedPlacement]
public sealed class FoldRangeGrain(IBlobStore blobs) : Grain, IFoldRangeGrain
{
    public Task<string> Sum(
        FoldRequest request,
        int firstBlock,
        int blocks,
        Guid merge,
        CancellationToken cancellationToken) => Task.Run(async () =>
    {
        using var open = new BlobSet(blobs);
        var files = await FoldFiles.OpenAsync(open, request, cancellationToken);
        var fold = files.Combine(threads: 1, cancellationToken);
        await using var blob = await blobs.CreateAsync(cancellationToken);
        RangeSums.Write(fold, new BlockRange(firstBlock, blocks), merge, blob.Stream, cancellationToken);
        return await blob.CommitAsync(cancellationToken);
    });
}

/// <summary>
/// A fold whose block ranges are summed by grains on any silo, and merged here in order: the bits of one worker.
/// </summary>
internal sealed class RangedFold(IGrainFactory grains, IBlobStore blobs, FoldRequest request, int workers)
{
    /// <param name="shape">Of the inputs.</param>
    /// <param name="sink">Called with every block in order.</param>
    /// <exception cref="InvalidDataException">A range came back damaged.</exception>
    public async Task RunAsync(BlockFileHeader shape, ThreadedFold.Sink sink, CancellationToken cancellationToken)
    {
        var merge = Guid.NewGuid();
        var ranges = BlockRange.Split(shape.BlockCount, Math.Min(workers, shape.BlockCount));
        var sums = ranges
            .Select((range, i) => grains.GetGrain<IFoldRangeGrain>($"{merge:N}/{i}")
                .Sum(request, range.First, range.Count, merge, cancellationToken))
            .ToArray();
        try
        {
            foreach (var (range, sum) in ranges.Zip(sums))
            {
                using var blob = await blobs.OpenAsync(await sum, cancellationToken)
                    ?? throw new InvalidDataException($"the sums of {range} are missing from the store");
                RangeSums.Read(blob, range, shape.Dimension, merge, sink, cancellationToken);
            }
        }
        finally
        {
            await RemoveAsync(sums);
        }
    }

    /// <summary>All of them, also when one failed: who waited for it hears why.</summary>
    private async Task RemoveAsync(Task<string>[] sums)
    {
        await Task.WhenAll(sums).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        foreach (var sum in sums.Where(sum => sum.IsCompletedSuccessfully))
            await blobs.RemoveAsync(await sum, committedBefore: null, CancellationToken.None);
    }
}
