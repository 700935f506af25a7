using System.Buffers;

namespace Fed.Core.Aggregation;

/// <summary>
/// Folds on several threads and hands the sums on in the order of the blocks. Threads take consecutive blocks of a
/// small window, and sum the next window while this one is handed on: memory is two windows, whatever the model; the
/// sums are those of one thread, bit for bit.
/// </summary>
public sealed class ThreadedFold
{
    /// <summary>Blocks of one thread in a window: long enough to outweigh its start, 0.5 MB of sums.</summary>
    private const int BlocksEach = 8;

    private readonly IBlockFold[] _folds;

    /// <param name="threads">At least 1.</param>
    public ThreadedFold(IBlockFold fold, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _folds = [fold, .. Enumerable.Range(1, threads - 1).Select(_ => fold.Twin())];
    }

    /// <summary>Dimension, blocks and layout of the inputs.</summary>
    public IBlockFold Shape => _folds[0];

    /// <summary>Called with each block of a range in order.</summary>
    public delegate void Sink(int block, ReadOnlySpan<long> sums);

    private int Window => _folds.Length * BlocksEach;

    /// <summary>Sums the blocks of a range.</summary>
    /// <exception cref="InvalidDataException">A stored block no longer matches its checksum.</exception>
    public void Run(BlockRange range, Sink sink, CancellationToken cancellationToken)
    {
        if (range.Count == 0)
            return;
        // Large objects: new ones for every fold would stay until the collection that comes last.
        var length = Math.Min(Window, range.Count) * Shape.BlockLength;
        var sums = ArrayPool<long>.Shared.Rent(length);
        var next = ArrayPool<long>.Shared.Rent(range.Count > Window ? length : 0);
        try
        {
            Run(range, sums, next, sink, cancellationToken);
        }
        finally
        {
            ArrayPool<long>.Shared.Return(sums);
            ArrayPool<long>.Shared.Return(next);
        }
    }

    private void Run(BlockRange range, long[] sums, long[] next, Sink sink, CancellationToken cancellationToken)
    {
        Sum(range.First, Math.Min(Window, range.Count), sums);
        for (var first = range.First; first < range.End; first += Window)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (after, ahead) = (first + Window, next);
            var summing = after < range.End
                ? Task.Run(() => Sum(after, Math.Min(Window, range.End - after), ahead), CancellationToken.None)
                : Task.CompletedTask;
            try
            {
                for (var block = first; block < Math.Min(after, range.End); block++)
                    sink(block, SumsOf(sums, first, block));
            }
            finally
            {
                // Also when the sink has failed, for the caller may close the inputs then; its failure is the one told.
                Task.WaitAny([summing], CancellationToken.None);
            }

            summing.GetAwaiter().GetResult();
            (sums, next) = (next, sums);
        }
    }

    private void Sum(int first, int count, long[] sums)
    {
        if (_folds.Length == 1)
        {
            for (var block = first; block < first + count; block++)
                _folds[0].Sum(block, SumsOf(sums, first, block));
            return;
        }

        var parts = BlockRange.Split(count, _folds.Length);
        var failures = new Exception?[parts.Length];
        Parallel.For(0, parts.Length, t =>
        {
            try
            {
                for (var block = first + parts[t].First; block < first + parts[t].End; block++)
                    _folds[t].Sum(block, SumsOf(sums, first, block));
            }
            catch (InvalidDataException damaged)
            {
                failures[t] = damaged;
            }
        });
        if (failures.FirstOrDefault(failure => failure is not null) is { } failed)
            throw new InvalidDataException(failed.Message, failed);
    }

    private Span<long> SumsOf(long[] window, int first, int block) =>
        window.AsSpan((block - first) * Shape.BlockLength, Shape.LengthOf(block));
}

/// <summary>Consecutive blocks, as one of several workers takes them.</summary>
/// <param name="First">Index of the first block.</param>
/// <param name="Count">Number of blocks; may be 0.</param>
public readonly record struct BlockRange(int First, int Count)
{
    public int End => First + Count;

    /// <summary>Cuts so many blocks into parts of equal size, give or take one block, in order.</summary>
    /// <param name="parts">At least 1; more parts than blocks leave some empty.</param>
    public static BlockRange[] Split(int blocks, int parts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(blocks);
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        var ranges = new BlockRange[parts];
        for (var i = 0; i < parts; i++)
        {
            var first = (int)((long)blocks * i / parts);
            ranges[i] = new BlockRange(first, (int)((long)blocks * (i + 1) / parts) - first);
        }

        return ranges;
    }
}
