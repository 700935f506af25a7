using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fed.Core.Codecs.Dense;

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
