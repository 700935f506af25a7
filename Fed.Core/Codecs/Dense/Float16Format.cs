using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fed.Core.Codecs.Dense;

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
