using Fed.Core.Aggregation;
using Fed.Core.Blocks;

namespace Fed.Core.Robust;

/// <summary>The first pass: measures all updates over all blocks, some blocks a thread.</summary>
internal static class GeometryPass
{
    /// <param name="threads">At least 1; the result is the same for any number.</param>
    /// <exception cref="InvalidDataException">A stored block no longer matches its checksum.</exception>
    public static Geometry Measure(
        IReadOnlyList<BlockFileReader> files,
        Grid grid,
        GeometryNeeds needs,
        int threads,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var parts = BlockRange.Split(files[0].Header.BlockCount, threads);
        var measured = new Geometry[threads];
        var failures = new Exception?[threads];
        Parallel.For(0, threads, t =>
        {
            try
            {
                measured[t] = Measure(files, grid, needs, parts[t], cancellationToken);
            }
            catch (Exception error) when (error is InvalidDataException or OperationCanceledException)
            {
                failures[t] = error;
            }
        });
        cancellationToken.ThrowIfCancellationRequested();
        if (failures.FirstOrDefault(failure => failure is not null) is { } failed)
            throw new InvalidDataException(failed.Message, failed);
        var whole = measured[0];
        foreach (var part in measured.Skip(1))
            whole.Add(part);
        return whole;
    }

    private static Geometry Measure(
        IReadOnlyList<BlockFileReader> files,
        Grid grid,
        GeometryNeeds needs,
        BlockRange range,
        CancellationToken cancellationToken)
    {
        var geometry = new Geometry(files.Count, grid.Step, needs);
        var rows = new GridRows(files, grid);
        for (var block = range.First; block < range.End; block++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.Load(block);
            geometry.Add(rows);
        }

        geometry.Complete();
        return geometry;
    }
}
