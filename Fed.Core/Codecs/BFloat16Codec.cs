using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Fed.Core.Aggregation;
using Fed.Core.Codecs.Dense;

namespace Fed.Core.Codecs;

/// <summary>
/// The upper half of a binary32, little-endian: rounded half to even, but never beyond the largest magnitude of the
/// block.
/// </summary>
public sealed class BFloat16Codec : IBlockCodec, IBlockEncoder
{
    private const uint MagnitudeBits = 0x7FFF_FFFF;

    public ushort Id => 4;

    public string Name => "bfloat16";

    public bool NeedsErrorFeedback => false;

    public int MaxEncodedLength(int count) => BFloat16Format.BytesOf(count);

    public IBlockEncoder CreateEncoder(ReadOnlySpan<float> vector, ulong? seed) => this;

    public int Encode(ReadOnlySpan<float> values, Span<byte> destination)
    {
        var upper = MemoryMarshal.Cast<byte, ushort>(destination)[..values.Length];
        var largest = values.IsEmpty ? 0 : MathF.Abs(TensorPrimitives.MaxMagnitude(values));
        // Rounded up, a value at the federation's bound would lie beyond it: refused.
        var cap = BitConverter.SingleToUInt32Bits(largest) >> 16;
        for (var i = 0; i < values.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(values[i]);
            var magnitude = bits & MagnitudeBits;
            var rounded = (magnitude + 0x7FFF + (magnitude >> 16 & 1)) >> 16;
            upper[i] = (ushort)(Math.Min(rounded, cap) | (bits >> 16 & 0x8000));
        }

        return values.Length * sizeof(ushort);
    }

    public void Decode(ReadOnlySpan<byte> encoded, Span<float> values)
    {
        DenseChecks.RequireLength(Name, encoded, values.Length, MaxEncodedLength(values.Length));
        var upper = MemoryMarshal.Cast<byte, ushort>(encoded);
        for (var i = 0; i < values.Length; i++)
            values[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
    }

    public void Accumulate(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums) =>
        DenseFold<BFloat16Format>.Add(blocks, grid, sums);
}
