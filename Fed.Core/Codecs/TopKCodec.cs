using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fed.Core.Aggregation;

namespace Fed.Core.Codecs;

/// <summary>
/// The largest magnitudes of the whole vector and nothing else (Aji and Heafield 2017; error feedback: Stich 2018). A
/// block is n positions of two bytes, ascending, and then their n values in float32, none of them zero; nothing at all
/// where the block has none.
/// </summary>
/// <param name="density">Share of the values that is sent, above 0 and at most 1.</param>
public sealed class TopKCodec(double density = Densities.Usual) : ISparseCodec
{
    private const int PositionBytes = sizeof(ushort);
    private const int EntryBytes = PositionBytes + sizeof(float);

    public ushort Id => 6;

    public string Name => "topk";

    public double Density => density;

    public bool NeedsErrorFeedback => true;

    public int MaxEncodedLength(int count) => checked(count * EntryBytes);

    public long MaxTotalLength(long blocks, int blockLength) =>
        Densities.Count(density, blocks * blockLength) * EntryBytes;

    public ISparseCodec WithDensity(double density) => new TopKCodec(density);

    public IBlockEncoder CreateEncoder(ReadOnlySpan<float> vector, ulong? seed) =>
        new Encoder(new LargestMagnitudes(vector, Densities.Count(density, vector.Length)));

    public void Decode(ReadOnlySpan<byte> encoded, Span<float> values)
    {
        var entries = Entries(encoded.Length);
        values.Clear();
        var last = -1;
        for (var i = 0; i < entries; i++)
        {
            var position = PositionOf(encoded, i, last, values.Length);
            var value = ValueOf(encoded, entries, i);
            if (value == 0)
                throw new InvalidDataException($"the topk value at position {position} is zero; zeros are left out");
            values[position] = value;
            last = position;
        }
    }

    public void Accumulate(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums)
    {
        foreach (var block in blocks)
        {
            block.Prefetch();
            Add(block.Encoded.Span, block.Factor, grid.Scale, sums);
        }
    }

    private static void Add(ReadOnlySpan<byte> encoded, long factor, float scale, Span<long> sums)
    {
        var entries = Entries(encoded.Length);
        ref var position = ref MemoryMarshal.GetReference(encoded);
        ref var value = ref Unsafe.Add(ref position, entries * PositionBytes);
        ref var first = ref MemoryMarshal.GetReference(sums);
        var last = -1;
        for (var i = 0; i < entries; i++)
        {
            int at = Unsafe.ReadUnaligned<ushort>(in Unsafe.Add(ref position, i * PositionBytes));
            if (at <= last || at >= sums.Length)
                PositionOf(encoded, i, last, sums.Length);
            var q = Grid.Round(Unsafe.ReadUnaligned<float>(in Unsafe.Add(ref value, i * sizeof(float))) * scale);
            Unsafe.Add(ref first, at) += factor * q;
            last = at;
        }
    }

    private static int Entries(int bytes) => bytes % EntryBytes == 0
        ? bytes / EntryBytes
        : throw new InvalidDataException($"a topk block has {EntryBytes} bytes a value; {bytes} is no multiple of it");

    /// <summary>The i-th position.</summary>
    /// <exception cref="InvalidDataException">It does not ascend, or is beyond the block.</exception>
    private static int PositionOf(ReadOnlySpan<byte> encoded, int i, int last, int count)
    {
        var position = BinaryPrimitives.ReadUInt16LittleEndian(encoded[(i * PositionBytes)..]);
        if (position <= last)
            Refuse($"topk position {position} follows {last}; positions ascend");
        if (position >= count)
            Refuse($"topk position {position} is beyond the {count} values of the block");
        return position;
    }

    private static float ValueOf(ReadOnlySpan<byte> encoded, int entries, int i) =>
        BinaryPrimitives.ReadSingleLittleEndian(encoded[(entries * PositionBytes + i * sizeof(float))..]);

    private static void Refuse(string message) => throw new InvalidDataException(message);

    private sealed class Encoder(LargestMagnitudes chosen) : IBlockEncoder
    {
        private LargestMagnitudes _chosen = chosen;

        public int Encode(ReadOnlySpan<float> values, Span<byte> destination)
        {
            var positions = MemoryMarshal.Cast<byte, ushort>(destination);
            var entries = 0;
            for (var i = 0; i < values.Length; i++)
            {
                if (_chosen.Takes(values[i]))
                    positions[entries++] = (ushort)i;
            }

            var target = destination[(entries * PositionBytes)..];
            for (var i = 0; i < entries; i++)
                BinaryPrimitives.WriteSingleLittleEndian(target[(i * sizeof(float))..], values[positions[i]]);
            return entries * EntryBytes;
        }
    }
}
