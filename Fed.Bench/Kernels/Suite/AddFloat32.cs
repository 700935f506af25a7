using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Fed.Core.Codecs;

namespace Fed.Bench.Kernels.Suite;

/// <summary>Adds weighted float32 blocks to int64 sums; figures are for one block.</summary>
public class AddFloat32
{
    private readonly float[][] _vectors = BlockInputs.Vectors(BlockInputs.Together);
    private readonly Float32Codec _codec = new();
    private readonly WeightedBlock[] _blocks;

    public AddFloat32() => _blocks = BlockInputs.Encode(_codec, _vectors);

    internal long[] Sums { get; } = new long[BlockInputs.Length];

    internal float[] FloatSums { get; } = new float[BlockInputs.Length];

    /// <summary>The same arithmetic, value by value.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = BlockInputs.Together)]
    public void ScalarLoop()
    {
        for (var i = 0; i < _vectors.Length; i++)
            BlockInputs.AddScalar(_vectors[i], _blocks[i].Weight, Sums);
    }

    /// <summary>y += a x in float32: what a fold that is not exact does.</summary>
    [Benchmark(OperationsPerInvoke = BlockInputs.Together)]
    public void TensorPrimitivesAxpy()
    {
        for (var i = 0; i < _vectors.Length; i++)
            TensorPrimitives.MultiplyAdd(_vectors[i], _blocks[i].Weight, FloatSums, FloatSums);
    }

    [Benchmark(OperationsPerInvoke = BlockInputs.Together)]
    public void AccumulateEach()
    {
        for (var i = 0; i < _blocks.Length; i++)
            _codec.Accumulate(_blocks.AsSpan(i, 1), BlockInputs.Grid, Sums);
    }

    /// <summary>As a fold does it.</summary>
    [Benchmark(OperationsPerInvoke = BlockInputs.Together)]
    public void AccumulateTogether() => _codec.Accumulate(_blocks, BlockInputs.Grid, Sums);
}
