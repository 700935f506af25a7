using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fed.Training.Managed;

/// <summary>
/// Matrix products whose right matrix is never stored: its row p is the run of memory that starts at offset p of a
/// common buffer, and runs may overlap (see <see cref="Layers.PhasePlanes"/>). Whole vectors are read and written, so
/// the callers round lengths up.
/// </summary>
internal static class ShiftedProduct
{
    /// <summary>Columns of a tile: lengths of rows that are written are a multiple of this.</summary>
    public const int Width = 16;

    public static int RoundUp(int length) => (length + Width - 1) / Width * Width;

    /// <summary>C [m, n] = bias + A B, with row p of B at <c>b[offsets[p]..]</c>.</summary>
    /// <param name="a">[m, k], row-major, k being the number of offsets.</param>
    /// <param name="b">Reaches n, rounded up, beyond each offset.</param>
    /// <param name="c">
    /// m rows of <paramref name="stride"/> values; what lies between n and n rounded up has no meaning.
    /// </param>
    /// <param name="stride">n rounded up, or more.</param>
    /// <param name="bias">One value a row, or empty for zeros.</param>
    public static void Multiply(
        ReadOnlySpan<float> a,
        ReadOnlySpan<int> offsets,
        ReadOnlySpan<float> b,
        Span<float> c,
        int stride,
        ReadOnlySpan<float> bias,
        int m,
        int n)
    {
        Require(a.Length >= m * offsets.Length && (bias.IsEmpty || bias.Length >= m), "A or the bias is too short");
        Require(stride >= RoundUp(n) && c.Length >= m * stride, "C is too short");
        Require(Last(offsets) + RoundUp(n) <= b.Length, "B is too short");
        for (var i = 0; i < m; i += 4)
        {
            Vector128<float> start = default;
            for (var row = 0; row < 4 && !bias.IsEmpty; row++)
                start = start.WithElement(row, bias[Math.Min(i + row, m - 1)]);
            Rows(
                ref MemoryMarshal.GetReference(a), ref MemoryMarshal.GetReference(offsets), offsets.Length,
                ref MemoryMarshal.GetReference(b), ref MemoryMarshal.GetReference(c), stride, start, i, m, n);
        }
    }

    /// <summary>C [m, taps] += A B^T: dot products of A's rows with the runs.</summary>
    /// <param name="a">m rows of <paramref name="length"/> values, <paramref name="stride"/> apart.</param>
    /// <param name="length">A multiple of 8.</param>
    public static void AddDots(
        ReadOnlySpan<float> a,
        int stride,
        ReadOnlySpan<int> offsets,
        ReadOnlySpan<float> b,
        int length,
        Span<float> c,
        int m)
    {
        Require(a.Length >= (m - 1) * stride + length && c.Length >= m * offsets.Length, "A or C is too short");
        Require(Last(offsets) + length <= b.Length, "B is too short");
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b);
        var taps = offsets.Length;
        for (var i = 0; i < m; i += 2)
        {
            // An odd last row is computed twice and stored once.
            var next = Math.Min(i + 1, m - 1);
            for (var j = 0; j < taps; j += 4)
            {
                DotProducts.TwoByFour(
                    ref Unsafe.Add(ref x, i * stride),
                    ref Unsafe.Add(ref x, next * stride),
                    ref Unsafe.Add(ref y, offsets[j]),
                    ref Unsafe.Add(ref y, offsets[Math.Min(j + 1, taps - 1)]),
                    ref Unsafe.Add(ref y, offsets[Math.Min(j + 2, taps - 1)]),
                    ref Unsafe.Add(ref y, offsets[Math.Min(j + 3, taps - 1)]),
                    length, out var first, out var second);
                DotProducts.AddTo(c[(i * taps + j)..], first, Math.Min(4, taps - j));
                if (next != i)
                    DotProducts.AddTo(c[(next * taps + j)..], second, Math.Min(4, taps - j));
            }
        }
    }

    /// <summary>Four rows of C by tiles of 4 x 16 that stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(
        ref float a,
        ref int offsets,
        int k,
        ref float b,
        ref float c,
        int stride,
        Vector128<float> start,
        int i,
        int m,
        int n)
    {
        // Rows past the end read the last row again and are not stored.
        ref var a0 = ref Unsafe.Add(ref a, i * k);
        ref var a1 = ref Unsafe.Add(ref a, Math.Min(i + 1, m - 1) * k);
        ref var a2 = ref Unsafe.Add(ref a, Math.Min(i + 2, m - 1) * k);
        ref var a3 = ref Unsafe.Add(ref a, Math.Min(i + 3, m - 1) * k);
        for (var j = 0; j < n; j += Width)
        {
            ref var column = ref Unsafe.Add(ref b, j);
            var c00 = Vector256.Create(start[0]);
            var c10 = Vector256.Create(start[1]);
            var c20 = Vector256.Create(start[2]);
            var c30 = Vector256.Create(start[3]);
            var (c01, c11, c21, c31) = (c00, c10, c20, c30);
            for (nint p = 0; p < k; p++)
            {
                ref var run = ref Unsafe.Add(ref column, Unsafe.Add(ref offsets, p));
                var b0 = Vector256.LoadUnsafe(ref run);
                var b1 = Vector256.LoadUnsafe(ref run, 8);
                var x = Vector256.Create(Unsafe.Add(ref a0, p));
                c00 = Vector256.FusedMultiplyAdd(x, b0, c00);
                c01 = Vector256.FusedMultiplyAdd(x, b1, c01);
                x = Vector256.Create(Unsafe.Add(ref a1, p));
                c10 = Vector256.FusedMultiplyAdd(x, b0, c10);
                c11 = Vector256.FusedMultiplyAdd(x, b1, c11);
                x = Vector256.Create(Unsafe.Add(ref a2, p));
                c20 = Vector256.FusedMultiplyAdd(x, b0, c20);
                c21 = Vector256.FusedMultiplyAdd(x, b1, c21);
                x = Vector256.Create(Unsafe.Add(ref a3, p));
                c30 = Vector256.FusedMultiplyAdd(x, b0, c30);
                c31 = Vector256.FusedMultiplyAdd(x, b1, c31);
            }

            ref var target = ref Unsafe.Add(ref c, i * stride + j);
            Store(ref target, c00, c01);
            if (i + 1 < m)
                Store(ref Unsafe.Add(ref target, stride), c10, c11);
            if (i + 2 < m)
                Store(ref Unsafe.Add(ref target, 2 * stride), c20, c21);
            if (i + 3 < m)
                Store(ref Unsafe.Add(ref target, 3 * stride), c30, c31);
        }
    }

    private static void Store(ref float target, Vector256<float> low, Vector256<float> high)
    {
        low.StoreUnsafe(ref target);
        high.StoreUnsafe(ref target, 8);
    }

    private static int Last(ReadOnlySpan<int> offsets)
    {
        var last = 0;
        foreach (var offset in offsets)
        {
            Require(offset >= 0, "an offset is negative");
            last = Math.Max(last, offset);
        }

        return last;
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
            throw new ArgumentException(otherwise);
    }
}
