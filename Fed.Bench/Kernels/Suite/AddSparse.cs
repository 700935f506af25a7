using BenchmarkDotNet.Attributes;
using Fed.Core.Codecs;

namespace Fed.Bench.Kernels.Suite;

/// <summary>Adds weighted blocks of sparse codecs to int64 sums from their encoded form; figures are for one
/// block.</summary>
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
            var weight = _blocks[i].Weight;
            foreach (var (position, value) in _pairs[i])
                Sums[position] += weight * (long)MathF.Round(value * scale, MidpointRounding.ToEven);
        }
    }

    /// <summary>All values of the block, zeros too.</summary>
    [Benchmark(OperationsPerInvoke = BlockInputs.Together)]
    public void DecodeThenAccumulate()
    {
        foreach (var block in _blocks)
        {
            _codec.Decode(block.Encoded.Span, _decoded);
            BlockInputs.Grid.Accumulate(_decoded, block.Weight, Sums);
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
