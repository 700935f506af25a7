using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fed.Core.Codecs.Dense;

/// <summary>
/// Adds blocks of signs. Four values of a group have sixteen possible outcomes, each a vector of four products: they are
/// looked up by half bytes. Four blocks go together, so that the sums are read and written once for the four.
/// </summary>
internal static class SignFold
{
    private const int Together = 4;
    private const int Outcomes = 16;
    private const int GroupBytes = sizeof(float) + SignCodec.GroupLength / 8;

    public static int BytesOf(int count)
    {
        var (groups, rest) = Math.DivRem(count, SignCodec.GroupLength);
        return checked(groups * GroupBytes + (rest == 0 ? 0 : sizeof(float) + (rest + 7) / 8));
    }

    public static void Add(ReadOnlySpan<WeightedBlock> blocks, Aggregation.Grid grid, Span<long> sums)
    {
        foreach (var block in blocks)
        {
            if (block.Encoded.Length != BytesOf(sums.Length))
            {
                throw new InvalidDataException(
                    $"a sign block of {sums.Length} values has {BytesOf(sums.Length)} bytes, not {block.Encoded.Length}");
            }
        }

        Span<Vector256<long>> tables = stackalloc Vector256<long>[Together * Outcomes];
        for (var i = 0; i < blocks.Length; i += Together)
        {
            var some = blocks.Slice(i, Math.Min(Together, blocks.Length - i));
            for (var start = 0; start < sums.Length; start += SignCodec.GroupLength)
                AddGroup(some, start, grid.Scale, tables, sums[start..]);
        }
    }

    private static void AddGroup(
        ReadOnlySpan<WeightedBlock> blocks, int start, float gridScale, Span<Vector256<long>> tables, Span<long> sums)
    {
        var offset = start / SignCodec.GroupLength * GroupBytes;
        for (var i = 0; i < blocks.Length; i++)
            Fill(tables.Slice(i * Outcomes, Outcomes), Product(blocks[i], offset, gridScale));
        if (blocks.Length == Together && sums.Length >= SignCodec.GroupLength)
        {
            AddFour(blocks, offset + sizeof(float), tables, sums);
            return;
        }

        var length = Math.Min(SignCodec.GroupLength, sums.Length);
        for (var b = 0; b < blocks.Length; b++)
        {
            var bits = blocks[b].Encoded.Span.Slice(offset + sizeof(float), (length + 7) / 8);
            var product = tables[b * Outcomes].ToScalar();
            for (var i = 0; i < length; i++)
            {
                var negative = -(long)(bits[i >> 3] >> (i & 7) & 1);
                sums[i] += (product ^ negative) - negative;
            }
        }
    }

    private static void AddFour(
        ReadOnlySpan<WeightedBlock> blocks, int offset, ReadOnlySpan<Vector256<long>> tables, Span<long> sums)
    {
        var a = blocks[0].Encoded.Span.Slice(offset, SignCodec.GroupLength / 8);
        var b = blocks[1].Encoded.Span.Slice(offset, a.Length);
        var c = blocks[2].Encoded.Span.Slice(offset, a.Length);
        var d = blocks[3].Encoded.Span.Slice(offset, a.Length);
        ref var table = ref MemoryMarshal.GetReference(tables);
        ref var target = ref MemoryMarshal.GetReference(sums[..SignCodec.GroupLength]);
        for (var i = 0; i < a.Length; i++)
        {
            var low = At(ref table, a[i] & 15) + At(ref table, Outcomes + (b[i] & 15));
            low += At(ref table, 2 * Outcomes + (c[i] & 15)) + At(ref table, 3 * Outcomes + (d[i] & 15));
            var high = At(ref table, a[i] >> 4) + At(ref table, Outcomes + (b[i] >> 4));
            high += At(ref table, 2 * Outcomes + (c[i] >> 4)) + At(ref table, 3 * Outcomes + (d[i] >> 4));
            ref var eight = ref Unsafe.Add(ref target, i * 8);
            (Vector256.LoadUnsafe(ref eight) + low).StoreUnsafe(ref eight);
            (Vector256.LoadUnsafe(ref eight, 4) + high).StoreUnsafe(ref eight, 4);
        }
    }

    private static Vector256<long> At(ref Vector256<long> table, int index) => Unsafe.Add(ref table, index);

    private static long Product(WeightedBlock block, int offset, float gridScale)
    {
        var scale = BinaryPrimitives.ReadSingleLittleEndian(block.Encoded.Span[offset..]);
        return block.Weight * (int)MathF.Round(scale * gridScale, MidpointRounding.ToEven);
    }

    private static void Fill(Span<Vector256<long>> table, long product)
    {
        for (var outcome = 0; outcome < Outcomes; outcome++)
        {
            var negative = Vector256.Create(
                -(long)(outcome & 1), -(long)(outcome >> 1 & 1), -(long)(outcome >> 2 & 1), -(long)(outcome >> 3));
            table[outcome] = (Vector256.Create(product) ^ negative) - negative;
        }
    }
}
