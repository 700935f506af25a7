using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fed.Core.Codecs.Dense;

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
