using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fed.Training.Managed;

/// <summary>The inner loop of products of rows with rows.</summary>
internal static class DotProducts
{
    /// <summary>The dot products of two rows with four others, over <paramref name="k"/> values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TwoByFour(
        ref float a0,
        ref float a1,
        ref float b0,
        ref float b1,
        ref float b2,
        ref float b3,
        int k,
        out Vector128<float> first,
        out Vector128<float> second)
    {
        Vector256<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector256<float> s10 = default, s11 = default, s12 = default, s13 = default;
        nuint p = 0;
        for (; p + 8 <= (nuint)k; p += 8)
        {
            var v0 = Vector256.LoadUnsafe(ref a0, p);
            var v1 = Vector256.LoadUnsafe(ref a1, p);
            var w = Vector256.LoadUnsafe(ref b0, p);
            s00 = Vector256.FusedMultiplyAdd(v0, w, s00);
            s10 = Vector256.FusedMultiplyAdd(v1, w, s10);
            w = Vector256.LoadUnsafe(ref b1, p);
            s01 = Vector256.FusedMultiplyAdd(v0, w, s01);
            s11 = Vector256.FusedMultiplyAdd(v1, w, s11);
            w = Vector256.LoadUnsafe(ref b2, p);
            s02 = Vector256.FusedMultiplyAdd(v0, w, s02);
            s12 = Vector256.FusedMultiplyAdd(v1, w, s12);
            w = Vector256.LoadUnsafe(ref b3, p);
            s03 = Vector256.FusedMultiplyAdd(v0, w, s03);
            s13 = Vector256.FusedMultiplyAdd(v1, w, s13);
        }

        first = Sums(s00, s01, s02, s03);
        second = Sums(s10, s11, s12, s13);
        for (; p < (nuint)k; p++)
        {
            var w = Vector128.Create(
                Unsafe.Add(ref b0, p), Unsafe.Add(ref b1, p), Unsafe.Add(ref b2, p), Unsafe.Add(ref b3, p));
            first += w * Unsafe.Add(ref a0, p);
            second += w * Unsafe.Add(ref a1, p);
        }
    }

    /// <summary>Adds the first <paramref name="count"/> of four sums.</summary>
    public static void AddTo(Span<float> target, Vector128<float> sums, int count)
    {
        if (count == 4)
        {
            (Vector128.Create<float>(target[..4]) + sums).CopyTo(target);
            return;
        }

        for (var i = 0; i < count; i++)
            target[i] += sums[i];
    }

    /// <summary>The sum of each vector's elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Sums(
        Vector256<float> v0, Vector256<float> v1, Vector256<float> v2, Vector256<float> v3)
    {
        if (!Avx.IsSupported)
            return Vector128.Create(Vector256.Sum(v0), Vector256.Sum(v1), Vector256.Sum(v2), Vector256.Sum(v3));
        var pairs = Avx.HorizontalAdd(Avx.HorizontalAdd(v0, v1), Avx.HorizontalAdd(v2, v3));
        return pairs.GetLower() + pairs.GetUpper();
    }
}
