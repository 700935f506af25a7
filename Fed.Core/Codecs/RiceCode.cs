using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fed.Core.Codecs;

/// <summary>What is done with each sign and position of a block.</summary>
internal interface ISignSink<T>
{
    /// <param name="negative">0 or 1.</param>
    static abstract void Put(ref T target, T magnitude, int negative);
}

/// <summary>
/// Rice-coded positions with signs (Rice 1979; the choice of the parameter: Golomb 1966). The gaps between positions
/// are cut in two: n fields of the k lower bits and a sign, and then the rest of each gap in unary, as so many zeros
/// and a one. The two stand apart, so that a decoder reads a word of unary codes at a time and the fields without
/// waiting for it.
/// </summary>
internal static class RiceReader
{
    /// <summary>Positions have 13 bits.</summary>
    public const int MaxParameter = 13;

    private const int OnStack = 1024;

    /// <summary>Puts the magnitude, or its negative, at each position of the target.</summary>
    /// <param name="code">Fields, zero bits to the next byte, unary codes, zero bits to the end of the
    /// last byte.</param>
    /// <exception cref="InvalidDataException">The code is not of so many positions in the target.</exception>
    [SkipLocalsInit]
    public static void Walk<T, TSink>(ReadOnlySpan<byte> code, int count, int parameter, T magnitude, Span<T> target)
        where TSink : ISignSink<T>
    {
        var fieldBytes = (count * (parameter + 1) + 7) / 8;
        if (fieldBytes >= code.Length)
            throw new InvalidDataException($"{count} Rice codes are cut short: {code.Length} bytes");
        if (!EndsInZeros(code[..fieldBytes], count * (parameter + 1)))
            throw new InvalidDataException("the bits after the last Rice field are not zero");
        if (code[^1] == 0)
            throw new InvalidDataException("bytes follow the last Rice code");
        // With a word of zeros after it, a code can be read a word at a time to its end.
        var length = code.Length + sizeof(ulong);
        var rented = length > OnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var padded = rented is null ? stackalloc byte[OnStack] : rented;
        code.CopyTo(padded);
        padded.Slice(code.Length, sizeof(ulong)).Clear();
        try
        {
            Walk<T, TSink>(in padded[0], fieldBytes, code.Length, count, parameter, magnitude, target);
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void Walk<T, TSink>(
        ref readonly byte code, int fieldBytes, int length, int count, int parameter, T magnitude, Span<T> target)
        where TSink : ISignSink<T>
    {
        ref var bytes = ref Unsafe.AsRef(in code);
        ref var first = ref MemoryMarshal.GetReference(target);
        var values = (uint)target.Length;
        var mask = (1u << parameter) - 1;
        // The index of the i-th one is i and the sum of the quotients up to it; so a position is that index, shifted,
        // and what is carried: the fields so far, and for each code one for its own position and one of the index back.
        var carried = 0u;
        var step = 1u - (1u << parameter);
        var bit = 0;
        for (var at = fieldBytes; at < length; at += sizeof(ulong))
        {
            var word = Unsafe.ReadUnaligned<ulong>(in Unsafe.Add(ref bytes, at));
            var ones = BitOperations.PopCount(word);
            count -= ones;
            if (count < 0)
                throw new InvalidDataException("more Rice codes than the block announces");
            for (; ones > 0; ones--)
            {
                var field = Unsafe.ReadUnaligned<uint>(in Unsafe.Add(ref bytes, bit >> 3)) >> (bit & 7);
                bit += parameter + 1;
                carried += field & mask;
                var position = ((uint)BitOperations.TrailingZeroCount(word) << parameter) + carried;
                if (position >= values)
                    RefusePosition(position, values);
                TSink.Put(ref Unsafe.Add(ref first, position), magnitude, (int)(field >> parameter) & 1);
                carried += step;
                word &= word - 1;
            }

            carried += 64u << parameter;
        }

        if (count > 0)
            throw new InvalidDataException($"{count} Rice codes fewer than the block announces");
    }

    // Apart, so that the loop stays small.
    [DoesNotReturn]
    private static void RefusePosition(uint position, uint values) =>
        throw new InvalidDataException($"Rice position {position} is beyond the {values} values of the block");

    private static bool EndsInZeros(ReadOnlySpan<byte> bytes, int bits) =>
        bits % 8 == 0 || bytes[^1] >> (bits % 8) == 0;
}

/// <summary>Writes what <see cref="RiceReader"/> reads.</summary>
internal static class RiceWriter
{
    /// <summary>The parameter that makes the code shortest; the lowest of them.</summary>
    /// <param name="positions">Ascending.</param>
    public static int BestParameter(ReadOnlySpan<ushort> positions)
    {
        var best = 0;
        var least = int.MaxValue;
        for (var parameter = 0; parameter <= RiceReader.MaxParameter; parameter++)
        {
            var bytes = LengthOf(positions, parameter);
            if (bytes >= least)
                continue;
            least = bytes;
            best = parameter;
        }

        return best;
    }

    /// <summary>Writes the code; returns its bytes.</summary>
    /// <param name="values">Whose signs are sent, by position.</param>
    public static int Write(
        ReadOnlySpan<ushort> positions, ReadOnlySpan<float> values, int parameter, Span<byte> destination)
    {
        var fieldBytes = FieldBytes(positions.Length, parameter);
        var code = destination[..LengthOf(positions, parameter)];
        code.Clear();
        var unary = code[fieldBytes..];
        var one = -1;
        var last = -1;
        for (var i = 0; i < positions.Length; i++)
        {
            var position = positions[i];
            var gap = (uint)(position - last - 1);
            last = position;
            var sign = float.IsNegative(values[position]) ? 1u << parameter : 0;
            Put(code, i * (parameter + 1), gap & ((1u << parameter) - 1) | sign);
            one += (int)(gap >> parameter) + 1;
            unary[one >> 3] |= (byte)(1 << (one & 7));
        }

        return code.Length;
    }

    private static void Put(Span<byte> bytes, int bit, uint field)
    {
        var shifted = field << (bit & 7);
        for (var at = bit >> 3; shifted != 0; at++, shifted >>= 8)
            bytes[at] |= (byte)shifted;
    }

    private static int LengthOf(ReadOnlySpan<ushort> positions, int parameter)
    {
        var bits = positions.Length;
        var last = -1;
        foreach (var position in positions)
        {
            bits += (position - last - 1) >> parameter;
            last = position;
        }

        return FieldBytes(positions.Length, parameter) + (bits + 7) / 8;
    }

    private static int FieldBytes(int count, int parameter) => (count * (parameter + 1) + 7) / 8;
}
