using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Fed.Core.Blocks;

namespace Fed.Bench.Kernels.Suite;

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
