using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Fed.Core.Aggregation;
using Fed.Core.Robust;

namespace Fed.Bench.Kernels.Suite;

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
