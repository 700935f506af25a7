using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fed.Training.Managed;

/// <summary>
/// Single-precision matrix products, C += A B, on row-major matrices. Tiles of C stay in registers while the inner
/// dimension is walked. AggressiveOptimization: processes are short, so the loops must be fast from their first call.
/// </summary>
internal static class MatrixProduct
{
    /// <summary>Columns of a tile.</summary>
    private const int Width = 16;

    private static Vector256<int> Lanes => Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);

    /// <summary>C [m, n] += A [m, k] B [k, n].</summary>
    public static void Add(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k)
    {
        Check(a.Length, b.Length, c.Length, m * k, k * n, m * n);
        Outer(
            ref MemoryMarshal.GetReference(a), rowStride: k, innerStride: 1,
            ref MemoryMarshal.GetReference(b), ref MemoryMarshal.GetReference(c), m, n, k);
    }

    /// <summary>C [m, n] += A^T B with A [k, m] and B [k, n].</summary>
    public static void AddTransposedLeft(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k)
    {
        Check(a.Length, b.Length, c.Length, m * k, k * n, m * n);
        Outer(
            ref MemoryMarshal.GetReference(a), rowStride: 1, innerStride: m,
            ref MemoryMarshal.GetReference(b), ref MemoryMarshal.GetReference(c), m, n, k);
    }

    /// <summary>C [m, n] += A B^T with A [m, k] and B [n, k].</summary>
    public static void AddTransposedRight(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k)
    {
        Check(a.Length, b.Length, c.Length, m * k, k * n, m * n);
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b);
        for (var i = 0; i < m; i += 2)
        {
            // An odd last row is computed twice and stored once.
            var next = Math.Min(i + 1, m - 1);
            for (var j = 0; j < n; j += 4)
            {
                DotProducts.TwoByFour(
                    ref Unsafe.Add(ref x, i * k),
                    ref Unsafe.Add(ref x, next * k),
                    ref Unsafe.Add(ref y, j * k),
                    ref Unsafe.Add(ref y, Math.Min(j + 1, n - 1) * k),
                    ref Unsafe.Add(ref y, Math.Min(j + 2, n - 1) * k),
                    ref Unsafe.Add(ref y, Math.Min(j + 3, n - 1) * k),
                    k, out var first, out var second);
                DotProducts.AddTo(c[(i * n + j)..], first, Math.Min(4, n - j));
                if (next != i)
                    DotProducts.AddTo(c[(next * n + j)..], second, Math.Min(4, n - j));
            }
        }
    }

    /// <summary>C += A B by tiles of 4 x 16, where A's element (i, p) stands at i rowStride + p innerStride.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Outer(
        ref float a, int rowStride, int innerStride, ref float b, ref float c, int m, int n, int k)
    {
        for (var i = 0; i < m; i += 4)
        {
            // Rows past the end read the last row again and are not stored.
            ref var a0 = ref Unsafe.Add(ref a, i * rowStride);
            ref var a1 = ref Unsafe.Add(ref a, Math.Min(i + 1, m - 1) * rowStride);
            ref var a2 = ref Unsafe.Add(ref a, Math.Min(i + 2, m - 1) * rowStride);
            ref var a3 = ref Unsafe.Add(ref a, Math.Min(i + 3, m - 1) * rowStride);
            for (var j = 0; j < n && n >= Width; j += Width)
            {
                // The last tile moves back to the edge; what an earlier tile has added is masked out.
                var first = Math.Min(j, n - Width);
                var done = Vector256.Create(j - first);
                var low = Vector256.GreaterThanOrEqual(Lanes, done).AsSingle();
                var high = Vector256.GreaterThanOrEqual(Lanes + Vector256.Create(8), done).AsSingle();
                Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default;
                Vector256<float> c20 = default, c21 = default, c30 = default, c31 = default;
                ref var row = ref Unsafe.Add(ref b, first);
                nint inner = 0;
                for (var p = 0; p < k; p++, inner += innerStride)
                {
                    var b0 = Vector256.LoadUnsafe(ref row);
                    var b1 = Vector256.LoadUnsafe(ref row, 8);
                    row = ref Unsafe.Add(ref row, n);
                    var x = Vector256.Create(Unsafe.Add(ref a0, inner));
                    c00 = Vector256.FusedMultiplyAdd(x, b0, c00);
                    c01 = Vector256.FusedMultiplyAdd(x, b1, c01);
                    x = Vector256.Create(Unsafe.Add(ref a1, inner));
                    c10 = Vector256.FusedMultiplyAdd(x, b0, c10);
                    c11 = Vector256.FusedMultiplyAdd(x, b1, c11);
                    x = Vector256.Create(Unsafe.Add(ref a2, inner));
                    c20 = Vector256.FusedMultiplyAdd(x, b0, c20);
                    c21 = Vector256.FusedMultiplyAdd(x, b1, c21);
                    x = Vector256.Create(Unsafe.Add(ref a3, inner));
                    c30 = Vector256.FusedMultiplyAdd(x, b0, c30);
                    c31 = Vector256.FusedMultiplyAdd(x, b1, c31);
                }

                ref var target = ref Unsafe.Add(ref c, i * n + first);
                Store(ref target, c00 & low, c01 & high);
                if (i + 1 < m)
                    Store(ref Unsafe.Add(ref target, n), c10 & low, c11 & high);
                if (i + 2 < m)
                    Store(ref Unsafe.Add(ref target, 2 * n), c20 & low, c21 & high);
                if (i + 3 < m)
                    Store(ref Unsafe.Add(ref target, 3 * n), c30 & low, c31 & high);
            }

            for (var j = 0; j < n && n < Width; j++)
                Column(ref a, rowStride, innerStride, ref b, ref c, i, Math.Min(4, m - i), j, n, k);
        }
    }

    private static void Store(ref float target, Vector256<float> low, Vector256<float> high)
    {
        (Vector256.LoadUnsafe(ref target) + low).StoreUnsafe(ref target);
        (Vector256.LoadUnsafe(ref target, 8) + high).StoreUnsafe(ref target, 8);
    }

    /// <summary>One column of four rows, of matrices narrower than a tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Column(
        ref float a, int rowStride, int innerStride, ref float b, ref float c, int i, int rows, int j, int n, int k)
    {
        for (var row = i; row < i + rows; row++)
        {
            var sum = 0f;
            for (var p = 0; p < k; p++)
                sum += Unsafe.Add(ref a, row * rowStride + p * innerStride) * Unsafe.Add(ref b, p * n + j);
            Unsafe.Add(ref c, row * n + j) += sum;
        }
    }

    private static void Check(int a, int b, int c, int needA, int needB, int needC)
    {
        if (a < needA || b < needB || c < needC)
        {
            throw new ArgumentException(
                $"matrices of {a}, {b} and {c} values are too short for {needA}, {needB} and {needC}");
        }
    }
}
