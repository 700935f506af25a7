using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Fed.Core.Blocks;
using Fed.Core.Codecs;

namespace Fed.Bench.Kernels;

/// <summary>
/// Encodes a block. What an encoder does once for a whole vector, such as choosing its largest values, is outside.
/// </summary>
public class EncodeBlock
{
    /// <summary>Blocks of the vector: the smallest value that a sparse codec takes should not be in the one measured,
    /// for an encoder counts ties in one pass only.</summary>
    private const int Blocks = 16;

    private readonly float[] _vector = FoldInputs.Vector(Blocks * BlockInputs.Length, seed: 1);
    private readonly float[] _copy = new float[BlockInputs.Length];
    private IBlockEncoder _encoder = new Float32Codec();
    private byte[] _encoded = [];
    private int _length;

    [Params("float32", "float16", "bfloat16", "int8", "int4", "sign", "topk:0.01", "ternary:0.01")]
    public string Codec { get; set; } = "";

    internal ReadOnlySpan<float> Values => _vector.AsSpan(0, BlockInputs.Length);

    internal ReadOnlySpan<byte> Encoded => _encoded.AsSpan(0, _length);

    internal ReadOnlySpan<float> Copied => _copy;

    [GlobalSetup]
    public void Prepare()
    {
        var codec = BlockCodecs.ByName(Codec);
        _encoded = new byte[codec.MaxEncodedLength(BlockInputs.Length)];
        _encoder = codec.CreateEncoder(_vector, seed: null);
    }

    [Benchmark(Baseline = true)]
    public void Copy() => Values.CopyTo(_copy);

    [Benchmark]
    public void Encode() => _length = _encoder.Encode(Values, _encoded);
}

/// <summary>Compares the bytes of a float32 block with its checksum in the index, an XxHash3.</summary>
public class CheckBlock
{
    private readonly byte[] _bytes = MemoryMarshal.AsBytes(BlockInputs.Vectors(1)[0].AsSpan()).ToArray();
    private readonly byte[] _copy = new byte[BlockInputs.Length * sizeof(float)];
    private readonly BlockIndexEntry _entry;

    public CheckBlock() => _entry = BlockIndexEntry.Of(_bytes);

    internal bool Matched { get; private set; }

    internal bool Copied => _copy.AsSpan().SequenceEqual(_bytes);

    [Benchmark(Baseline = true)]
    public void Copy() => _bytes.CopyTo(_copy, 0);

    [Benchmark]
    public void XxHash3() => Matched = _entry.Matches(_bytes);
}
