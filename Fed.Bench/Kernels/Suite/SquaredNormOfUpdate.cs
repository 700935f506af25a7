using BenchmarkDotNet.Attributes;
using Fed.Core.Robust;

namespace Fed.Bench.Kernels.Suite;

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
