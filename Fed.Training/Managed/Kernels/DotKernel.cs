using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fed.Training.Managed.Kernels;

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
