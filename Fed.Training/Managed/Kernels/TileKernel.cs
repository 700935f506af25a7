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
