using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Fed.Core.Aggregation;

namespace Fed.Core.Codecs;

/// <summary>
/// Signs with error feedback (Karimireddy 2019, EF-signSGD), each group of 512 values for itself: a float32 scale, the
/// mean of the magnitudes, then a bit a value, first value lowest, 1 for negative; bits after the last value are zero.
/// A value decodes to +scale or -scale.
/// </summary>
public sealed class SignCodec : IBlockCodec, IBlockEncoder
{
    public const int GroupLength = 512;

    public ushort Id => 7;

    public string Name => "sign";

    public bool NeedsErrorFeedback => true;

    public int MaxEncodedLength(int count) => SignFold.BytesOf(count);

    public IBlockEncoder CreateEncoder(ReadOnlySpan<float> vector, ulong? seed) => this;

    public int Encode(ReadOnlySpan<float> values, Span<byte> destination)
    {
        var length = SignFold.BytesOf(values.Length);
        var bytes = destination[..length];
        bytes.Clear();
        while (!values.IsEmpty)
        {
            var group = values[..Math.Min(GroupLength, values.Length)];
            BinaryPrimitives.WriteSingleLittleEndian(bytes, MeanMagnitude(group));
            bytes = bytes[sizeof(float)..];
            for (var i = 0; i < group.Length; i++)
            {
                if (group[i] < 0)
                    bytes[i >> 3] |= (byte)(1 << (i & 7));
            }

            bytes = bytes[((group.Length + 7) / 8)..];
            values = values[group.Length..];
        }

        return length;
    }

    public void Decode(ReadOnlySpan<byte> encoded, Span<float> values)
    {
        DenseChecks.RequireLength(Name, encoded, values.Length, MaxEncodedLength(values.Length));
        while (!values.IsEmpty)
        {
            var scale = BinaryPrimitives.ReadSingleLittleEndian(encoded);
            DenseChecks.RequireScale(Name, scale);
            var length = Math.Min(GroupLength, values.Length);
            var bits = encoded.Slice(sizeof(float), (length + 7) / 8);
            if (length % 8 != 0 && bits[^1] >> (length % 8) != 0)
                throw new InvalidDataException("the bits after the last sign are not zero");
            for (var i = 0; i < length; i++)
                values[i] = (bits[i >> 3] >> (i & 7) & 1) == 0 ? scale : -scale;
            encoded = encoded[(sizeof(float) + bits.Length)..];
            values = values[length..];
        }
    }

    public void Accumulate(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums) =>
        SignFold.Add(blocks, grid, sums);

    /// <summary>
    /// |p|_1 / d, never above the largest magnitude: rounding must not lead beyond the federation's bound.
    /// </summary>
    private static float MeanMagnitude(ReadOnlySpan<float> group)
    {
        var sum = 0.0;
        foreach (var value in group)
            sum += MathF.Abs(value);
        return MathF.Min((float)(sum / group.Length), MathF.Abs(TensorPrimitives.MaxMagnitude(group)));
    }
}

/// <summary>
/// Adds blocks of signs. Four values of a group have sixteen possible outcomes, each a vector of four products: they
/// are looked up by half bytes. Four blocks go together, so that the sums are read and written once for the four.
/// </summary>
internal static class SignFold
{
    private const int Together = 4;
    private const int Outcomes = 16;
    private const int GroupBytes = sizeof(float) + SignCodec.GroupLength / 8;

    /// <summary>By half byte: -1 where its bit is set.</summary>
    private static readonly Vector256<long>[] Negative = MakeNegative();

    public static int BytesOf(int count)
    {
        var (groups, rest) = Math.DivRem(count, SignCodec.GroupLength);
        return checked(groups * GroupBytes + (rest == 0 ? 0 : sizeof(float) + (rest + 7) / 8));
    }

    public static void Add(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums)
    {
        foreach (var block in blocks)
        {
            block.Prefetch();
            if (block.Encoded.Length != BytesOf(sums.Length))
            {
                throw new InvalidDataException(
                    $"a sign block of {sums.Length} values has {BytesOf(sums.Length)} bytes, "
                    + $"not {block.Encoded.Length}");
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
        const int Bytes = SignCodec.GroupLength / 8;
        ref var a = ref MemoryMarshal.GetReference(blocks[0].Encoded.Span.Slice(offset, Bytes));
        ref var b = ref MemoryMarshal.GetReference(blocks[1].Encoded.Span.Slice(offset, Bytes));
        ref var c = ref MemoryMarshal.GetReference(blocks[2].Encoded.Span.Slice(offset, Bytes));
        ref var d = ref MemoryMarshal.GetReference(blocks[3].Encoded.Span.Slice(offset, Bytes));
        ref var table = ref MemoryMarshal.GetReference(tables);
        ref var target = ref MemoryMarshal.GetReference(sums[..SignCodec.GroupLength]);
        for (var i = 0; i < Bytes; i++)
        {
            int inA = Unsafe.Add(ref a, i), inB = Unsafe.Add(ref b, i);
            int inC = Unsafe.Add(ref c, i), inD = Unsafe.Add(ref d, i);
            var low = At(ref table, inA & 15) + At(ref table, Outcomes + (inB & 15));
            low += At(ref table, 2 * Outcomes + (inC & 15)) + At(ref table, 3 * Outcomes + (inD & 15));
            var high = At(ref table, inA >> 4) + At(ref table, Outcomes + (inB >> 4));
            high += At(ref table, 2 * Outcomes + (inC >> 4)) + At(ref table, 3 * Outcomes + (inD >> 4));
            ref var eight = ref Unsafe.Add(ref target, i * 8);
            (Vector256.LoadUnsafe(ref eight) + low).StoreUnsafe(ref eight);
            (Vector256.LoadUnsafe(ref eight, 4) + high).StoreUnsafe(ref eight, 4);
        }
    }

    private static Vector256<long> At(ref Vector256<long> table, int index) => Unsafe.Add(ref table, index);

    private static long Product(WeightedBlock block, int offset, float gridScale)
    {
        var scale = BinaryPrimitives.ReadSingleLittleEndian(block.Encoded.Span[offset..]);
        return block.Factor * Grid.Round(scale * gridScale);
    }

    private static void Fill(Span<Vector256<long>> table, long product)
    {
        var products = Vector256.Create(product);
        for (var outcome = 0; outcome < Outcomes; outcome++)
            table[outcome] = (products ^ Negative[outcome]) - Negative[outcome];
    }

    /// <summary>Two's complement: -x is the complement of x, plus 1.</summary>
    private static Vector256<long>[] MakeNegative()
    {
        var negative = new Vector256<long>[Outcomes];
        for (var outcome = 0; outcome < Outcomes; outcome++)
        {
            negative[outcome] = Vector256.Create(
                -(long)(outcome & 1), -(long)(outcome >> 1 & 1), -(long)(outcome >> 2 & 1), -(long)(outcome >> 3));
        }

        return negative;
    }
}
