using System.Runtime.InteropServices;
using Fed.Core.Aggregation;
using Fed.Core.Codecs.Dense;

namespace Fed.Core.Codecs;

/// <summary>The values themselves, little-endian.</summary>
public sealed class Float32Codec : IBlockCodec, IBlockEncoder
{
    public ushort Id => 1;

    public string Name => "float32";

    public bool NeedsErrorFeedback => false;

    public int MaxEncodedLength(int count) => Float32Format.BytesOf(count);

    public IBlockEncoder CreateEncoder(ReadOnlySpan<float> vector, ulong? seed) => this;

    public int Encode(ReadOnlySpan<float> values, Span<byte> destination)
    {
        var bytes = MemoryMarshal.AsBytes(values);
        bytes.CopyTo(destination);
        return bytes.Length;
    }

    public void Decode(ReadOnlySpan<byte> encoded, Span<float> values)
    {
        DenseChecks.RequireLength(Name, encoded, values.Length, MaxEncodedLength(values.Length));
        encoded.CopyTo(MemoryMarshal.AsBytes(values));
    }

    public void Accumulate(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums) =>
        DenseFold<Float32Format>.Add(blocks, grid, sums);
}
