using BenchmarkDotNet.Attributes;
using Fed.Core.Robust;

namespace Fed.Bench.Kernels.Suite;

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
