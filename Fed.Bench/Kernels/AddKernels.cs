using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Fed.Core.Codecs;

namespace Fed.Bench.Kernels;

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
            BlockInputs.AddScalar(_vectors[i], _blocks[i].Factor, Sums);
    }

    /// <summary>y += a x in float32: what a fold that is not exact does.</summary>
    [Benchmark(OperationsPerInvoke = BlockInputs.Together)]
    public void TensorPrimitivesAxpy()
    {
        for (var i = 0; i < _vectors.Length; i++)
            TensorPrimitives.MultiplyAdd(_vectors[i], _blocks[i].Factor, FloatSums, FloatSums);
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

/// <summary>
/// Adds weighted blocks of dense codecs to int64 sums from their encoded form; figures are for one block.
/// </summary>
public class AddEncoded
{
    private readonly float[] _decoded = new float[BlockInputs.Length];
    private IBlockCodec _codec = new Float32Codec();
    private WeightedBlock[] _blocks = [];

    [Params("float16", "bfloat16", "int8", "int4", "sign")]
    public string Codec { get; set; } = "";

    internal long[] Sums { get; } = new long[BlockInputs.Length];

    [GlobalSetup]
    public void Prepare()
    {
        _codec = BlockCodecs.ByName(Codec);
        _blocks = BlockInputs.Encode(_codec, BlockInputs.Vectors(BlockInputs.Together));
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = BlockInputs.Together)]
    public void DecodeThenScalarLoop()
    {
        foreach (var block in _blocks)
        {
            _codec.Decode(block.Encoded.Span, _decoded);
            BlockInputs.AddScalar(_decoded, block.Factor, Sums);
        }
    }

    /// <summary>On vectors, but by way of float32 values.</summary>
    [Benchmark(OperationsPerInvoke = BlockInputs.Together)]
    public void DecodeThenAccumulate()
    {
        foreach (var block in _blocks)
        {
            _codec.Decode(block.Encoded.Span, _decoded);
            BlockInputs.Grid.Accumulate(_decoded, block.Factor, Sums);
        }
    }

    /// <summary>As a fold does it.</summary>
    [Benchmark(OperationsPerInvoke = BlockInputs.Together)]
    public void AccumulateTogether() => _codec.Accumulate(_blocks, BlockInputs.Grid, Sums);
}

/// <summary>
/// Adds weighted blocks of sparse codecs to int64 sums from their encoded form; figures are for one block.
/// </summary>
public class AddSparse
{
    private readonly float[] _decoded = new float[BlockInputs.Length];
    private IBlockCodec _codec = new TopKCodec();
    private WeightedBlock[] _blocks = [];
    private (int Position, float Value)[][] _pairs = [];

    [Params("topk:0.01", "ternary:0.01")]
    public string Codec { get; set; } = "";

    internal long[] Sums { get; } = new long[BlockInputs.Length];

    [GlobalSetup]
    public void Prepare()
    {
        _codec = BlockCodecs.ByName(Codec);
        _blocks = BlockInputs.Encode(_codec, BlockInputs.Vectors(BlockInputs.Together));
        _pairs = [.. _blocks.Select(block => Unpacked(block.Encoded.Span))];
    }

    /// <summary>Positions and values that somebody has unpacked already: what is left is the addition.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = BlockInputs.Together)]
    public void UnpackedPairs()
    {
        var scale = BlockInputs.Grid.Scale;
        for (var i = 0; i < _pairs.Length; i++)
        {
            var factor = _blocks[i].Factor;
            foreach (var (position, value) in _pairs[i])
                Sums[position] += factor * (long)MathF.Round(value * scale, MidpointRounding.ToEven);
        }
    }

    /// <summary>All values of the block, zeros too.</summary>
    [Benchmark(OperationsPerInvoke = BlockInputs.Together)]
    public void DecodeThenAccumulate()
    {
        foreach (var block in _blocks)
        {
            _codec.Decode(block.Encoded.Span, _decoded);
            BlockInputs.Grid.Accumulate(_decoded, block.Factor, Sums);
        }
    }

    /// <summary>As a fold does it: unpacks, checks and adds.</summary>
    [Benchmark(OperationsPerInvoke = BlockInputs.Together)]
    public void AccumulateTogether() => _codec.Accumulate(_blocks, BlockInputs.Grid, Sums);

    private (int, float)[] Unpacked(ReadOnlySpan<byte> encoded)
    {
        _codec.Decode(encoded, _decoded);
        return [.. _decoded.Index().Where(pair => pair.Item != 0)];
    }
}
