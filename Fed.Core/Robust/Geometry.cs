using Fed.Core.Aggregation;
using Fed.Core.Blocks;

namespace Fed.Core.Robust;

/// <summary>
/// Squared norms, squared distances and inner products of updates on the grid, in units of the grid's step squared.
/// They are exact integers: no order of blocks, updates or threads changes them, and |x|^2 + |y|^2 - 2xy cancels
/// nothing, which in floating point loses a close pair. Parts that were measured over different blocks add up.
/// </summary>
/// <param name="step">The grid's step.</param>
internal sealed class Geometry(int count, double step, GeometryNeeds needs)
{
    private readonly InnerProducts? _pairs =
        (needs & (GeometryNeeds.Distances | GeometryNeeds.Products)) != 0 ? new InnerProducts(count) : null;

    private readonly Int128[] _products = new Int128[count * count];

    public int Count => count;

    public UInt128 Norm(int i) => (UInt128)Product(i, i);

    public UInt128 Distance(int i, int j) => (UInt128)(Product(i, i) + Product(j, j) - 2 * Product(i, j));

    public Int128 Product(int i, int j) => _products[i * count + j];

    /// <summary>|x_i|, in units of the parameters.</summary>
    public double Length(int i) => Math.Sqrt((double)Norm(i)) * step;

    /// <summary>In units of the parameters.</summary>
    /// <param name="squared">In units of the grid's step squared, at least 0.</param>
    public double Length(double squared) => Math.Sqrt(squared) * step;

    /// <summary>x_i . x_j / (|x_i| |x_j|); 0 where one of them is zero.</summary>
    public double Cosine(int i, int j)
    {
        if (Norm(i) == 0 || Norm(j) == 0)
            return 0;
        return (double)Product(i, j) / (Math.Sqrt((double)Norm(i)) * Math.Sqrt((double)Norm(j)));
    }

    /// <summary>Adds what one loaded block contributes.</summary>
    public void Add(GridRows rows)
    {
        if (_pairs is not null)
        {
            for (var start = 0; start < rows.Length; start += InnerProducts.Tile)
                _pairs.Add(rows.All, rows.Stride, start, Math.Min(InnerProducts.Tile, rows.Length - start));
            return;
        }

        for (var start = 0; start < rows.Length; start += SquaredSums.Tile)
        {
            var tile = new Range(start, Math.Min(rows.Length, start + SquaredSums.Tile));
            for (var i = 0; i < count; i++)
                _products[i * count + i] += (Int128)SquaredSums.Norm(rows.Row(i)[tile]);
        }
    }

    /// <summary>Adds what was measured over other blocks; both are complete.</summary>
    public void Add(Geometry other)
    {
        for (var i = 0; i < _products.Length; i++)
            _products[i] += other._products[i];
    }

    /// <summary>Once all blocks are in: what holds for (i, j) holds for (j, i).</summary>
    public void Complete()
    {
        _pairs?.MoveTo(_products);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < i; j++)
                _products[i * count + j] = _products[j * count + i];
        }
    }
}

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
