using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fed.Core.Codecs.Sparse;

/// <summary>What is done with each sign and position of a block.</summary>
internal interface ISignSink<T>
{
    /// <param name="negative">0 or 1.</param>
    static abstract void Put(ref T target, T magnitude, int negative);
}

/// <summary>
/// Rice-coded positions with signs (Rice 1979; the choice of the parameter: Golomb 1966). The gaps between positions are
/// cut in two: n fields of the k lower bits and a sign, and then the rest of each gap in unary, as so many zeros and a
/// one. The two stand apart, so that a decoder reads a word of unary codes at a time and the fields without waiting for it.
/// </summary>
internal static class RiceReader
{
    /// <summary>Positions have 13 bits.</summary>
    public const int MaxParameter = 13;

    /// <summary>Puts the magnitude, or its negative, at each position of the target.</summary>
    /// <param name="code">Fields, zero bits to the next byte, unary codes, zero bits to the end of the last byte.</param>
    /// <exception cref="InvalidDataException">The code is not of so many positions in the target.</exception>
    public static void Walk<T, TSink>(ReadOnlySpan<byte> code, int count, int parameter, T magnitude, Span<T> target)
        where TSink : ISignSink<T>
    {
        var fieldBits = parameter + 1;
        var fieldBytes = (count * fieldBits + 7) / 8;
        if (fieldBytes >= code.Length)
            throw new InvalidDataException($"{count} Rice codes are cut short: {code.Length} bytes");
        if (!EndsInZeros(code[..fieldBytes], count * fieldBits))
            throw new InvalidDataException("the bits after the last Rice field are not zero");
        var unary = code[fieldBytes..];
        var fieldMask = (1u << parameter) - 1;
        ref var first = ref MemoryMarshal.GetReference(target);
        var next = 0;
        var lower = 0;
        for (var at = 0; at < unary.Length; at += sizeof(ulong))
        {
            for (var word = Word(unary, at); word != 0; word &= word - 1)
            {
                if (next == count)
                    RefuseMore(count);
                var field = Field(code, next * fieldBits);
                lower += (int)(field & fieldMask);
                // The index of the i-th one is i and the sum of the quotients up to it.
                var index = at * 8 + BitOperations.TrailingZeroCount(word);
                var position = ((index - next) << parameter) + lower + next;
                if ((uint)position >= (uint)target.Length)
                    RefusePosition(position, target.Length);
                TSink.Put(ref Unsafe.Add(ref first, position), magnitude, (int)(field >> parameter) & 1);
                next++;
            }
        }

        if (next != count)
            throw new InvalidDataException($"{next} Rice codes; the block announces {count}");
        if (unary[^1] == 0)
            throw new InvalidDataException("bytes follow the last Rice code");
    }

    // Apart, so that the loop stays small.
    [DoesNotReturn]
    private static void RefuseMore(int count) =>
        throw new InvalidDataException($"more Rice codes than the {count} that the block announces");

    [DoesNotReturn]
    private static void RefusePosition(int position, int values) =>
        throw new InvalidDataException($"Rice position {position} is beyond the {values} values of the block");

    private static ulong Word(ReadOnlySpan<byte> bytes, int at)
    {
        if (at + sizeof(ulong) <= bytes.Length)
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
        var missing = at + sizeof(ulong) - bytes.Length;
        if (bytes.Length >= sizeof(ulong))
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..]) >> (8 * missing);
        var word = 0UL;
        for (var i = bytes.Length - 1; i >= at; i--)
            word = word << 8 | bytes[i];
        return word;
    }

    /// <summary>At least 14 bits from a bit on.</summary>
    private static uint Field(ReadOnlySpan<byte> code, int bit)
    {
        var at = bit >> 3;
        var word = at + sizeof(uint) <= code.Length
            ? BinaryPrimitives.ReadUInt32LittleEndian(code[at..])
            : (uint)Word(code, at);
        return word >> (bit & 7);
    }

    private static bool EndsInZeros(ReadOnlySpan<byte> bytes, int bits) =>
        bits % 8 == 0 || bytes[^1] >> (bits % 8) == 0;
}
