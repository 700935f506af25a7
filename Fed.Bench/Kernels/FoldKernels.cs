using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Fed.Core.Aggregation;
using Fed.Core.Robust;

namespace Fed.Bench.Kernels;

/// <summary>One block of a whole fold of twenty float32 updates: checks, decodes and combines them.</summary>
public class FoldBlock
{
    private readonly RobustInput[] _inputs = UpdateBlocks.Inputs();
    private readonly float[][] _vectors = BlockInputs.Vectors(UpdateBlocks.Count);
    private IBlockFold? _fold;

    [Params(RobustRules.Mean, "median", "trimmed-mean:4")]
    public string Rule { get; set; } = "";

    internal long[] Sums { get; } = new long[BlockInputs.Length];

    internal float[] FloatSums { get; } = new float[BlockInputs.Length];

    [GlobalSetup]
    public void Prepare() => _fold = RobustRules.Parse(Rule) is { } rule
        ? RobustFold.Open(_inputs, BlockInputs.Grid, rule)
        : new BlockFold([.. _inputs.Select(input => new FoldInput(input.File, input.Factor))], BlockInputs.Grid);

    /// <summary>The weighted sum alone, y += a x in float32 for each update.</summary>
    [Benchmark(Baseline = true)]
    public void TensorPrimitivesSum()
    {
        FloatSums.AsSpan().Clear();
        for (var i = 0; i < _vectors.Length; i++)
            TensorPrimitives.MultiplyAdd(_vectors[i], _inputs[i].Factor, FloatSums, FloatSums);
    }

    [Benchmark]
    public void Fold() => _fold!.Sum(0, Sums);
}

/// <summary>Median and trimmed mean of twenty updates, for each parameter of a block.</summary>
public class ReduceColumns
{
    private readonly RobustInput[] _inputs = UpdateBlocks.Inputs();
    private readonly int[] _column = new int[UpdateBlocks.Count];
    private readonly GridRows _rows;
    private ColumnKernel? _kernel;
    private int _trimmed;

    public ReduceColumns() => _rows = UpdateBlocks.Rows(_inputs);

    [Params("median", "trimmed-mean:4")]
    public string Rule { get; set; } = "";

    internal long[] Numerators { get; } = new long[BlockInputs.Length];

    /// <exception cref="InvalidOperationException">The rule reduces no columns.</exception>
    [GlobalSetup]
    public void Prepare()
    {
        var plan = RobustRules.Parse(Rule)?.Plan(_inputs, geometry: null);
        if (plan is not RobustPlan.Columns(var members, var reduction))
            throw new InvalidOperationException($"rule '{Rule}' does not reduce columns: it cannot be measured here");
        _kernel = new ColumnKernel(members, reduction);
        _trimmed = (UpdateBlocks.Count - reduction.Denominator) / 2;
    }

    [Benchmark(Baseline = true)]
    public void ArraySort()
    {
        for (var i = 0; i < BlockInputs.Length; i++)
        {
            for (var update = 0; update < UpdateBlocks.Count; update++)
                _column[update] = _rows.All[update * _rows.Stride + i];
            Array.Sort(_column);
            var sum = 0L;
            for (var rank = _trimmed; rank < UpdateBlocks.Count - _trimmed; rank++)
                sum += _column[rank];
            Numerators[i] = sum;
        }
    }

    [Benchmark]
    public void SortingNetwork() => _kernel!.Run(_rows, Numerators);
}

/// <summary>Inner products of all pairs of twenty updates over a block, which give all squared distances.</summary>
public class InnerProductsOfUpdates
{
    private readonly GridRows _rows = UpdateBlocks.Rows(UpdateBlocks.Inputs());
    private readonly Geometry _geometry =
        new(UpdateBlocks.Count, BlockInputs.Grid.Step, GeometryNeeds.Distances);

    private readonly double[][] _doubles;

    public InnerProductsOfUpdates() => _doubles =
    [
        .. Enumerable.Range(0, UpdateBlocks.Count)
            .Select(i => Array.ConvertAll(_rows.Row(i).ToArray(), q => (double)q)),
    ];

    internal double[] Products { get; } = new double[UpdateBlocks.Count * UpdateBlocks.Count];

    /// <summary>Of values that are doubles already.</summary>
    [Benchmark(Baseline = true)]
    public void ScalarLoop()
    {
        for (var i = 0; i < UpdateBlocks.Count; i++)
        {
            for (var j = i; j < UpdateBlocks.Count; j++)
            {
                var (x, y) = (_doubles[i], _doubles[j]);
                var sum = 0.0;
                for (var column = 0; column < x.Length; column++)
                    sum += x[column] * y[column];
                Products[i * UpdateBlocks.Count + j] += sum;
            }
        }
    }

    /// <summary>Of values that are doubles already.</summary>
    [Benchmark]
    public void TensorPrimitivesDot()
    {
        for (var i = 0; i < UpdateBlocks.Count; i++)
        {
            for (var j = i; j < UpdateBlocks.Count; j++)
                Products[i * UpdateBlocks.Count + j] += TensorPrimitives.Dot<double>(_doubles[i], _doubles[j]);
        }
    }

    /// <summary>Converts, proves that nothing is rounded, and adds.</summary>
    [Benchmark]
    public void ExactTiles() => _geometry.Add(_rows);

    /// <summary>The products of <see cref="ExactTiles"/>, once no more are to come: n rows by n columns.</summary>
    internal Int128[] Complete()
    {
        _geometry.Complete();
        return
        [
            .. from i in Enumerable.Range(0, UpdateBlocks.Count)
               from j in Enumerable.Range(0, UpdateBlocks.Count)
               select _geometry.Product(i, j),
        ];
    }
}

/// <summary>The squared norm of an update over a block.</summary>
public class SquaredNormOfUpdate
{
    private readonly int[] _row = UpdateBlocks.Rows(UpdateBlocks.Inputs()).Row(0).ToArray();

    internal UInt128 Norm { get; private set; }

    /// <summary>In 64 bits, which values as small as these do not pass.</summary>
    [Benchmark(Baseline = true)]
    public void ScalarLoop()
    {
        var sum = 0L;
        foreach (var q in _row)
            sum += (long)q * q;
        Norm = (UInt128)sum;
    }

    [Benchmark]
    public void ExactTiles()
    {
        var sum = UInt128.Zero;
        for (var start = 0; start < _row.Length; start += SquaredSums.Tile)
            sum += SquaredSums.Norm(_row.AsSpan(start, Math.Min(SquaredSums.Tile, _row.Length - start)));
        Norm = sum;
    }
}
