using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fed.Core.Codecs.Dense;

/// <summary>IEEE binary16, no scale. Values must be finite.</summary>
internal readonly struct Float16Format : IDenseFormat
{
    public static int GroupLength => 64;

    public static int GroupBytes => GroupLength * sizeof(ushort);

    public static int BytesOf(int count) => checked(count * sizeof(ushort));

    public static float Scale(ref readonly byte group) => 1;

    /// <summary>Exponent and mantissa moved to their places in binary32 mean the value x 2^-112, subnormal or not.</summary>
    public static Vector256<float> Load(ref readonly byte group, int i)
    {
        var bits = Vector128.LoadUnsafe(in group, (nuint)i * sizeof(ushort)).AsInt16();
        var (low, high) = Vector128.Widen(bits);
        var wide = Vector256.Create(low, high);
        var magnitude = ((wide & Vector256.Create(0x7FFF)) << 13).AsSingle() * Vector256.Create(Rebias);
        return magnitude | (wide & Vector256.Create(int.MinValue)).AsSingle();
    }

    public static float LoadOne(ref readonly byte group, int i) =>
        (float)Unsafe.ReadUnaligned<Half>(in Unsafe.Add(ref Unsafe.AsRef(in group), i * sizeof(ushort)));

    /// <summary>2^112: the difference of the exponents' biases, 127 - 15.</summary>
    private const float Rebias = 5.192296858534828e33f;
}
