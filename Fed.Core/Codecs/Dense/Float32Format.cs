using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fed.Core.Codecs.Dense;

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
