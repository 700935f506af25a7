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
