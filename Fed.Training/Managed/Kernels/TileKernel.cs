using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fed.Training.Managed.Kernels;

/// <summary>
/// The inner product of everything: four rows of a packed left side times vectors of a right side that is read through
/// tables of offsets. With identity tables it is the micro-kernel of a packed GEMM; with the offsets of a kernel's taps
/// in padded planes it is a convolution that never writes im2col's matrix (Dukhan, "The indirect convolution
/// algorithm", 2019). Four rows by three vectors keep 12 sums, 3 operands and a broadcast in AVX2's 16 registers.
/// </summary>
internal static unsafe class TileKernel
{
    public const int Rows = 4;
    public const int Columns = 3;

    /// <summary>
    /// For every vector v and row r:
    /// c[r][to[v]..] = (c or bias[r]) + sum over i of a[4 i + r] * b[from[v] + taps[i]..].
    /// </summary>
    /// <param name="a">Packed left side: for each i, four values, one a row.</param>
    /// <param name="taps">Offsets of the right side's rows.</param>
    /// <param name="count">Terms in each sum.</param>
    /// <param name="b">Right side.</param>
    /// <param name="from">For each vector, its offset in the right side.</param>
    /// <param name="to">For each vector, its offset in the rows of the result.</param>
    /// <param name="vectors">Number of vectors.</param>
    /// <param name="c">Rows of the result.</param>
    /// <param name="bias">Four values, or null to add to what c holds.</param>
    // Optimised at once: a participant lives for seconds, and these loops are nearly all of its time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        float* a, int* taps, int count, float* b, int* from, int* to, int vectors, TileRows c, float* bias)
    {
        var v = 0;
        for (; v + 3 <= vectors; v += 3)
        {
            var b0 = b + from[v];
            var b1 = b + from[v + 1];
            var b2 = b + from[v + 2];
            Vector<float> c00 = default, c01 = default, c02 = default, c10 = default, c11 = default, c12 = default;
            Vector<float> c20 = default, c21 = default, c22 = default, c30 = default, c31 = default, c32 = default;
            var left = a;
            for (var i = 0; i < count; i++)
            {
                var tap = taps[i];
                var x0 = Vector.Load(b0 + tap);
                var x1 = Vector.Load(b1 + tap);
                var x2 = Vector.Load(b2 + tap);
                var w = new Vector<float>(left[0]);
                c00 = Vector.MultiplyAddEstimate(w, x0, c00);
                c01 = Vector.MultiplyAddEstimate(w, x1, c01);
                c02 = Vector.MultiplyAddEstimate(w, x2, c02);
                w = new Vector<float>(left[1]);
                c10 = Vector.MultiplyAddEstimate(w, x0, c10);
                c11 = Vector.MultiplyAddEstimate(w, x1, c11);
                c12 = Vector.MultiplyAddEstimate(w, x2, c12);
                w = new Vector<float>(left[2]);
                c20 = Vector.MultiplyAddEstimate(w, x0, c20);
                c21 = Vector.MultiplyAddEstimate(w, x1, c21);
                c22 = Vector.MultiplyAddEstimate(w, x2, c22);
                w = new Vector<float>(left[3]);
                c30 = Vector.MultiplyAddEstimate(w, x0, c30);
                c31 = Vector.MultiplyAddEstimate(w, x1, c31);
                c32 = Vector.MultiplyAddEstimate(w, x2, c32);
                left += Rows;
            }

            Store(c, bias, to[v], c00, c10, c20, c30);
            Store(c, bias, to[v + 1], c01, c11, c21, c31);
            Store(c, bias, to[v + 2], c02, c12, c22, c32);
        }

        if (v + 2 == vectors)
        {
            RunTwo(a, taps, count, b + from[v], b + from[v + 1], to[v], to[v + 1], c, bias);
        }
        else if (v + 1 == vectors)
        {
            RunOne(a, taps, count, b + from[v], to[v], c, bias);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTwo(
        float* a, int* taps, int count, float* b0, float* b1, int to0, int to1, TileRows c, float* bias)
    {
        Vector<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector<float> c20 = default, c21 = default, c30 = default, c31 = default;
        for (var i = 0; i < count; i++)
        {
            var x0 = Vector.Load(b0 + taps[i]);
            var x1 = Vector.Load(b1 + taps[i]);
            var w = new Vector<float>(a[0]);
            c00 = Vector.MultiplyAddEstimate(w, x0, c00);
            c01 = Vector.MultiplyAddEstimate(w, x1, c01);
            w = new Vector<float>(a[1]);
            c10 = Vector.MultiplyAddEstimate(w, x0, c10);
            c11 = Vector.MultiplyAddEstimate(w, x1, c11);
            w = new Vector<float>(a[2]);
            c20 = Vector.MultiplyAddEstimate(w, x0, c20);
            c21 = Vector.MultiplyAddEstimate(w, x1, c21);
            w = new Vector<float>(a[3]);
            c30 = Vector.MultiplyAddEstimate(w, x0, c30);
            c31 = Vector.MultiplyAddEstimate(w, x1, c31);
            a += Rows;
        }

        Store(c, bias, to0, c00, c10, c20, c30);
        Store(c, bias, to1, c01, c11, c21, c31);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunOne(float* a, int* taps, int count, float* b, int to, TileRows c, float* bias)
    {
        Vector<float> c0 = default, c1 = default, c2 = default, c3 = default;
        for (var i = 0; i < count; i++)
        {
            var x = Vector.Load(b + taps[i]);
            c0 = Vector.MultiplyAddEstimate(new Vector<float>(a[0]), x, c0);
            c1 = Vector.MultiplyAddEstimate(new Vector<float>(a[1]), x, c1);
            c2 = Vector.MultiplyAddEstimate(new Vector<float>(a[2]), x, c2);
            c3 = Vector.MultiplyAddEstimate(new Vector<float>(a[3]), x, c3);
            a += Rows;
        }

        Store(c, bias, to, c0, c1, c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        TileRows c, float* bias, int to, Vector<float> s0, Vector<float> s1, Vector<float> s2, Vector<float> s3)
    {
        if (bias != null)
        {
            Vector.Store(s0 + new Vector<float>(bias[0]), c.Row0 + to);
            Vector.Store(s1 + new Vector<float>(bias[1]), c.Row1 + to);
            Vector.Store(s2 + new Vector<float>(bias[2]), c.Row2 + to);
            Vector.Store(s3 + new Vector<float>(bias[3]), c.Row3 + to);
        }
        else
        {
            Vector.Store(s0 + Vector.Load(c.Row0 + to), c.Row0 + to);
            Vector.Store(s1 + Vector.Load(c.Row1 + to), c.Row1 + to);
            Vector.Store(s2 + Vector.Load(c.Row2 + to), c.Row2 + to);
            Vector.Store(s3 + Vector.Load(c.Row3 + to), c.Row3 + to);
        }
    }
}

/// <summary>
/// Twelve inner products at once, of four rows with three: the product of a matrix with a transposed one, where both
/// are read along their rows and nothing needs packing. Through its tables it is also the weight gradient of a
/// convolution: rows of output gradients with shifted windows of the padded planes.
/// </summary>
internal static unsafe class DotKernel
{
    public const int Rows = 4;
    public const int Columns = 3;

    /// <summary>
    /// sums[3 r + j] = sum over images n and vectors v of a_r[n aStride + aAt[v]..] * b_j[n bStride + bAt[v]..].
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        TileRows a, int* aAt, int aStride, float* b0, float* b1, float* b2, int* bAt, int bStride, int vectors,
        int images, float* sums)
    {
        Vector<float> c00 = default, c01 = default, c02 = default, c10 = default, c11 = default, c12 = default;
        Vector<float> c20 = default, c21 = default, c22 = default, c30 = default, c31 = default, c32 = default;
        var a0 = a.Row0;
        var a1 = a.Row1;
        var a2 = a.Row2;
        var a3 = a.Row3;
        for (var n = 0; n < images; n++)
        {
            for (var v = 0; v < vectors; v++)
            {
                var at = aAt[v];
                var bt = bAt[v];
                var x0 = Vector.Load(b0 + bt);
                var x1 = Vector.Load(b1 + bt);
                var x2 = Vector.Load(b2 + bt);
                var w = Vector.Load(a0 + at);
                c00 = Vector.MultiplyAddEstimate(w, x0, c00);
                c01 = Vector.MultiplyAddEstimate(w, x1, c01);
                c02 = Vector.MultiplyAddEstimate(w, x2, c02);
                w = Vector.Load(a1 + at);
                c10 = Vector.MultiplyAddEstimate(w, x0, c10);
                c11 = Vector.MultiplyAddEstimate(w, x1, c11);
                c12 = Vector.MultiplyAddEstimate(w, x2, c12);
                w = Vector.Load(a2 + at);
                c20 = Vector.MultiplyAddEstimate(w, x0, c20);
                c21 = Vector.MultiplyAddEstimate(w, x1, c21);
                c22 = Vector.MultiplyAddEstimate(w, x2, c22);
                w = Vector.Load(a3 + at);
                c30 = Vector.MultiplyAddEstimate(w, x0, c30);
                c31 = Vector.MultiplyAddEstimate(w, x1, c31);
                c32 = Vector.MultiplyAddEstimate(w, x2, c32);
            }

            a0 += aStride;
            a1 += aStride;
            a2 += aStride;
            a3 += aStride;
            b0 += bStride;
            b1 += bStride;
            b2 += bStride;
        }

        sums[0] = Vector.Sum(c00);
        sums[1] = Vector.Sum(c01);
        sums[2] = Vector.Sum(c02);
        sums[3] = Vector.Sum(c10);
        sums[4] = Vector.Sum(c11);
        sums[5] = Vector.Sum(c12);
        sums[6] = Vector.Sum(c20);
        sums[7] = Vector.Sum(c21);
        sums[8] = Vector.Sum(c22);
        sums[9] = Vector.Sum(c30);
        sums[10] = Vector.Sum(c31);
        sums[11] = Vector.Sum(c32);
    }
}

/// <summary>The four rows that a tile reads or writes; rows beyond the matrix point to a spare row.</summary>
internal readonly unsafe struct TileRows(float* row0, float* row1, float* row2, float* row3)
{
    public readonly float* Row0 = row0;
    public readonly float* Row1 = row1;
    public readonly float* Row2 = row2;
    public readonly float* Row3 = row3;

    /// <summary>
    /// Rows first..first+3 of a matrix of <paramref name="rows"/> rows, the missing ones on the spare row.
    /// </summary>
    public static TileRows Of(float* matrix, int stride, int first, int rows, float* spare) => new(
        matrix + (long)first * stride,
        first + 1 < rows ? matrix + ((first + 1L) * stride) : spare,
        first + 2 < rows ? matrix + ((first + 2L) * stride) : spare,
        first + 3 < rows ? matrix + ((first + 3L) * stride) : spare);
}

/// <summary>Copies matrices into the order in which <see cref="TileKernel"/> reads them.</summary>
internal static unsafe class Packing
{
    /// <summary>Tiles of four rows, each [depth][4], the rows that are missing in the last tile zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Left(int rows, int depth, float* a, int rowStride, int columnStride, float* target)
    {
        for (var first = 0; first < rows; first += TileKernel.Rows)
        {
            for (var r = 0; r < TileKernel.Rows; r++)
            {
                var write = target + r;
                if (first + r >= rows)
                {
                    for (var i = 0; i < depth; i++, write += TileKernel.Rows)
                        *write = 0;
                    continue;
                }

                var read = a + ((long)(first + r) * rowStride);
                for (var i = 0; i < depth; i++, write += TileKernel.Rows, read += columnStride)
                    *write = *read;
            }

            target += depth * TileKernel.Rows;
        }
    }

    /// <summary>A panel of [depth][panelWidth], columns at and after <paramref name="width"/> zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RightPanel(int depth, int width, int panelWidth, float* b, int stride, float* target)
    {
        var lanes = Vector<float>.Count;
        for (var i = 0; i < depth; i++)
        {
            var j = 0;
            for (; j + lanes <= width; j += lanes)
                Vector.Store(Vector.Load(b + j), target + j);
            for (; j < width; j++)
                target[j] = b[j];
            for (; j < panelWidth; j++)
                target[j] = 0;
            b += stride;
            target += panelWidth;
        }
    }
}
