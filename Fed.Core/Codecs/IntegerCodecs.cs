using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fed.Core.Aggregation;

namespace Fed.Core.Codecs;

/// <summary>
/// Per group of 128 values one float32 scale (largest magnitude / 127, never above it), then one signed byte a value. A
/// value decodes to scale x byte; -128 does not occur.
/// </summary>
public sealed class Int8Codec : IBlockCodec
{
    public const int GroupLength = 128;

    public ushort Id => 2;

    public string Name => "int8";

    public bool NeedsErrorFeedback => false;

    public int MaxEncodedLength(int count) => Int8Format.BytesOf(count);

    public IBlockEncoder CreateEncoder(ReadOnlySpan<float> vector, ulong? seed) => new Encoder(seed);

    public void Decode(ReadOnlySpan<byte> encoded, Span<float> values)
    {
        DenseChecks.RequireLength(Name, encoded, values.Length, MaxEncodedLength(values.Length));
        while (!values.IsEmpty)
        {
            var scale = BinaryPrimitives.ReadSingleLittleEndian(encoded);
            DenseChecks.RequireScale(Name, scale);
            var length = Math.Min(GroupLength, values.Length);
            var bytes = encoded.Slice(sizeof(float), length);
            if (bytes.Contains(unchecked((byte)sbyte.MinValue)))
                throw new InvalidDataException("an int8 value is -128; values are -127 to 127");
            for (var i = 0; i < length; i++)
                values[i] = scale * (sbyte)bytes[i];
            encoded = encoded[(sizeof(float) + length)..];
            values = values[length..];
        }
    }

    public void Accumulate(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums) =>
        DenseFold<Int8Format>.Add(blocks, grid, sums);

    private sealed class Encoder(ulong? seed) : IBlockEncoder
    {
        private GroupQuantiser _quantiser = new(sbyte.MaxValue, seed);

        public int Encode(ReadOnlySpan<float> values, Span<byte> destination)
        {
            var written = 0;
            for (var start = 0; start < values.Length; start += GroupLength)
            {
                var group = values.Slice(start, Math.Min(GroupLength, values.Length - start));
                var bytes = MemoryMarshal.Cast<byte, sbyte>(destination[(written + sizeof(float))..]);
                var scale = _quantiser.Quantise(group, bytes);
                BinaryPrimitives.WriteSingleLittleEndian(destination[written..], scale);
                written += sizeof(float) + group.Length;
            }

            return written;
        }
    }
}

/// <summary>Per group of 128 a float32 scale, then a signed byte a value.</summary>
internal readonly struct Int8Format : IDenseFormat
{
    public static int GroupLength => 128;

    public static int GroupBytes => sizeof(float) + GroupLength;

    public static int LineLength => 64;

    public static int BytesOf(int count) =>
        checked(count + (count + GroupLength - 1) / GroupLength * sizeof(float));

    public static float Scale(ref readonly byte group) => Unsafe.ReadUnaligned<float>(in group);

    public static Vector256<float> Load(ref readonly byte group, int i)
    {
        ref var at = ref Unsafe.Add(ref Unsafe.AsRef(in group), sizeof(float) + i);
        var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(in at)).AsSByte();
        return Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(bytes));
    }

    public static float LoadOne(ref readonly byte group, int i) =>
        (sbyte)Unsafe.Add(ref Unsafe.AsRef(in group), sizeof(float) + i);
}

/// <summary>
/// Per group of 64 values one float32 scale (largest magnitude / 7, never above it), then two values a byte in two's
/// complement, the earlier one in the lower half. A value decodes to scale x integer; -8 does not occur, and the half
/// byte after an odd number of values is zero.
/// </summary>
public sealed class Int4Codec : IBlockCodec
{
    public const int GroupLength = 64;

    private const int Levels = 7;

    public ushort Id => 5;

    public string Name => "int4";

    public bool NeedsErrorFeedback => false;

    public int MaxEncodedLength(int count) => Int4Format.BytesOf(count);

    public IBlockEncoder CreateEncoder(ReadOnlySpan<float> vector, ulong? seed) => new Encoder(seed);

    public void Decode(ReadOnlySpan<byte> encoded, Span<float> values)
    {
        DenseChecks.RequireLength(Name, encoded, values.Length, MaxEncodedLength(values.Length));
        while (!values.IsEmpty)
        {
            var scale = BinaryPrimitives.ReadSingleLittleEndian(encoded);
            DenseChecks.RequireScale(Name, scale);
            var length = Math.Min(GroupLength, values.Length);
            var bytes = encoded.Slice(sizeof(float), (length + 1) / 2);
            if (length % 2 != 0 && bytes[^1] >> 4 != 0)
                throw new InvalidDataException("the half byte after the last int4 value is not zero");
            for (var i = 0; i < length; i++)
            {
                var integer = (sbyte)(i % 2 == 0 ? bytes[i / 2] << 4 : bytes[i / 2] & 0xF0) >> 4;
                if (integer < -Levels)
                    throw new InvalidDataException("an int4 value is -8; values are -7 to 7");
                values[i] = scale * integer;
            }

            encoded = encoded[(sizeof(float) + bytes.Length)..];
            values = values[length..];
        }
    }

    public void Accumulate(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums) =>
        DenseFold<Int4Format>.Add(blocks, grid, sums);

    private sealed class Encoder(ulong? seed) : IBlockEncoder
    {
        private GroupQuantiser _quantiser = new(Levels, seed);

        public int Encode(ReadOnlySpan<float> values, Span<byte> destination)
        {
            Span<sbyte> integers = stackalloc sbyte[GroupLength];
            var written = 0;
            for (var start = 0; start < values.Length; start += GroupLength)
            {
                var group = values.Slice(start, Math.Min(GroupLength, values.Length - start));
                integers.Clear();
                var scale = _quantiser.Quantise(group, integers);
                BinaryPrimitives.WriteSingleLittleEndian(destination[written..], scale);
                written += sizeof(float);
                for (var i = 0; i < group.Length; i += 2)
                    destination[written++] = (byte)((integers[i] & 0xF) | integers[i + 1] << 4);
            }

            return written;
        }
    }
}

/// <summary>Per group of 64 a float32 scale, then two values a byte, the earlier one in the lower half.</summary>
internal readonly struct Int4Format : IDenseFormat
{
    public static int GroupLength => 64;

    public static int GroupBytes => sizeof(float) + GroupLength / 2;

    public static int LineLength => 64;

    public static int BytesOf(int count) =>
        checked(count / GroupLength * GroupBytes
            + (count % GroupLength == 0 ? 0 : sizeof(float) + (count % GroupLength + 1) / 2));

    public static float Scale(ref readonly byte group) => Unsafe.ReadUnaligned<float>(in group);

    public static Vector256<float> Load(ref readonly byte group, int i)
    {
        ref var at = ref Unsafe.Add(ref Unsafe.AsRef(in group), sizeof(float) + i / 2);
        var eight = Vector256.Create(Unsafe.ReadUnaligned<int>(in at));
        var toTheTop = Vector256.Create(28u, 24, 20, 16, 12, 8, 4, 0);
        return Vector256.ConvertToSingle(Avx2.ShiftLeftLogicalVariable(eight, toTheTop) >> 28);
    }

    public static float LoadOne(ref readonly byte group, int i)
    {
        var pair = Unsafe.Add(ref Unsafe.AsRef(in group), sizeof(float) + i / 2);
        return (sbyte)(i % 2 == 0 ? pair << 4 : pair & 0xF0) >> 4;
    }
}

/// <summary>
/// Puts groups of values on integers -levels..levels times a scale of their own. With a seed, rounding is stochastic:
/// up with the probability that makes the mean exact (QSGD, Alistarh 2017, section 3.1); without, half to even.
/// </summary>
internal struct GroupQuantiser(int levels, ulong? seed)
{
    private readonly bool _stochastic = seed is not null;
    private SplitMix64 _random = new(seed ?? 0);

    /// <summary>Largest magnitude / levels, never above it; writes the integers.</summary>
    public float Quantise(ReadOnlySpan<float> group, Span<sbyte> integers)
    {
        var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(group));
        var scale = largest / levels;
        // Rounded up, the scale would decode a value at the federation's bound to one beyond it: refused.
        if (scale * levels > largest)
            scale = MathF.BitDecrement(scale);
        // A scale of 0 (or one so small that its reciprocal overflows) means: all zero.
        var inverse = 1 / scale;
        if (!float.IsFinite(inverse))
        {
            integers[..group.Length].Clear();
            return scale;
        }

        for (var i = 0; i < group.Length; i++)
        {
            var rounded = _stochastic
                ? Math.Floor((double)group[i] / scale + _random.NextDouble())
                : MathF.Round(group[i] * inverse, MidpointRounding.ToEven);
            integers[i] = (sbyte)Math.Clamp(rounded, -levels, levels);
        }

        return scale;
    }
}
