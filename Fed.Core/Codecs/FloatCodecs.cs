using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fed.Core.Aggregation;

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

/// <summary>Four bytes a value, no scale.</summary>
internal readonly struct Float32Format : IDenseFormat
{
    public static int GroupLength => 128;

    public static int GroupBytes => GroupLength * sizeof(float);

    public static int LineLength => 16;

    public static int BytesOf(int count) => checked(count * sizeof(float));

    public static float Scale(ref readonly byte group) => 1;

    public static Vector256<float> Load(ref readonly byte group, int i) =>
        Vector256.LoadUnsafe(in group, (nuint)i * sizeof(float)).AsSingle();

    public static float LoadOne(ref readonly byte group, int i) =>
        Unsafe.ReadUnaligned<float>(in Unsafe.Add(ref Unsafe.AsRef(in group), i * sizeof(float)));
}

/// <summary>
/// IEEE binary16, little-endian, rounded to nearest, but never beyond the largest magnitude of the block nor
/// beyond 65504.
/// </summary>
public sealed class Float16Codec : IBlockCodec, IBlockEncoder
{
    public ushort Id => 3;

    public string Name => "float16";

    public bool NeedsErrorFeedback => false;

    public int MaxEncodedLength(int count) => Float16Format.BytesOf(count);

    public IBlockEncoder CreateEncoder(ReadOnlySpan<float> vector, ulong? seed) => this;

    public int Encode(ReadOnlySpan<float> values, Span<byte> destination)
    {
        var halves = MemoryMarshal.Cast<byte, Half>(destination)[..values.Length];
        TensorPrimitives.ConvertToHalf(values, halves);
        // Rounded up, a value at the federation's bound would lie beyond it: refused.
        var largest = values.IsEmpty ? 0 : MathF.Abs(TensorPrimitives.MaxMagnitude(values));
        var cap = (Half)largest;
        if ((float)cap > largest)
            cap = Half.BitDecrement(cap);
        for (var i = 0; i < halves.Length; i++)
        {
            if (Half.Abs(halves[i]) > cap)
                halves[i] = Half.CopySign(cap, halves[i]);
        }

        return values.Length * sizeof(ushort);
    }

    public void Decode(ReadOnlySpan<byte> encoded, Span<float> values)
    {
        DenseChecks.RequireLength(Name, encoded, values.Length, MaxEncodedLength(values.Length));
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(encoded), values);
    }

    public void Accumulate(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums) =>
        DenseFold<Float16Format>.Add(blocks, grid, sums);
}

/// <summary>IEEE binary16, no scale. Values must be finite.</summary>
internal readonly struct Float16Format : IDenseFormat
{
    public static int GroupLength => 128;

    public static int GroupBytes => GroupLength * sizeof(ushort);

    public static int LineLength => 32;

    public static int BytesOf(int count) => checked(count * sizeof(ushort));

    public static float Scale(ref readonly byte group) => 1;

    /// <summary>
    /// Exponent and mantissa move to their places in binary32 and the exponent takes the other bias. A subnormal has no
    /// leading one: it is read as if it had, with the least exponent, and that one is subtracted again.
    /// </summary>
    public static Vector256<float> Load(ref readonly byte group, int i)
    {
        var bits = Vector128.LoadUnsafe(in group, (nuint)i * sizeof(ushort)).AsInt16();
        var wide = Avx2.ConvertToVector256Int32(bits);
        var moved = (wide & Vector256.Create(0x7FFF)) << 13;
        var normal = moved + Vector256.Create(Rebias << 23);
        var least = Vector256.Create((Rebias + 1) << 23);
        var subnormal = ((moved + least).AsSingle() - least.AsSingle()).AsInt32();
        var isSubnormal = Vector256.LessThan(moved, Vector256.Create(1 << 23));
        var magnitude = Vector256.ConditionalSelect(isSubnormal, subnormal, normal);
        return (magnitude | (wide & Vector256.Create(int.MinValue))).AsSingle();
    }

    public static float LoadOne(ref readonly byte group, int i) =>
        (float)Unsafe.ReadUnaligned<Half>(in Unsafe.Add(ref Unsafe.AsRef(in group), i * sizeof(ushort)));

    /// <summary>The difference of the exponents' biases, 127 - 15.</summary>
    private const int Rebias = 112;
}

/// <summary>
/// The upper half of a binary32, little-endian: rounded half to even, but never beyond the largest magnitude of
/// the block.
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

/// <summary>The upper half of a binary32, no scale.</summary>
internal readonly struct BFloat16Format : IDenseFormat
{
    public static int GroupLength => 128;

    public static int GroupBytes => GroupLength * sizeof(ushort);

    public static int LineLength => 32;

    public static int BytesOf(int count) => checked(count * sizeof(ushort));

    public static float Scale(ref readonly byte group) => 1;

    public static Vector256<float> Load(ref readonly byte group, int i)
    {
        var bits = Vector128.LoadUnsafe(in group, (nuint)i * sizeof(ushort)).AsUInt16();
        return (Avx2.ConvertToVector256Int32(bits) << 16).AsSingle();
    }

    public static float LoadOne(ref readonly byte group, int i) => BitConverter.UInt32BitsToSingle(
        (uint)Unsafe.ReadUnaligned<ushort>(in Unsafe.Add(ref Unsafe.AsRef(in group), i * sizeof(ushort))) << 16);
}
