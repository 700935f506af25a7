using BenchmarkDotNet.Attributes;
using Fed.Core.Codecs;

namespace Fed.Bench.Kernels.Suite;

/// <summary>Adds weighted blocks of dense codecs to int64 sums from their encoded form; figures are for one
/// block.</summary>
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
            BlockInputs.AddScalar(_decoded, block.Weight, Sums);
        }
    }

    /// <summary>On vectors, but by way of float32 values.</summary>
    [Benchmark(OperationsPerInvoke = BlockInputs.Together)]
    public void DecodeThenAccumulate()
    {
        foreach (var block in _blocks)
        {
            _codec.Decode(block.Encoded.Span, _decoded);
            BlockInputs.Grid.Accumulate(_decoded, block.Weight, Sums);
        }
    }

    /// <summary>As a fold does it.</summary>
    [Benchmark(OperationsPerInvoke = BlockInputs.Together)]
    public void AccumulateTogether() => _codec.Accumulate(_blocks, BlockInputs.Grid, Sums);
}
