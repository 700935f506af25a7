using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fed.Core.Codecs.Dense;

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
