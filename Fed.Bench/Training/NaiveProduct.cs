using System.Runtime.CompilerServices;

namespace Fed.Bench.Training;

/// <summary>The three products as plain triple loops, row by row: the yardstick.</summary>
internal static class NaiveProduct
{
    /// <summary>
    /// C [m, n] += A B, where A's element (i, p) stands at i rowA + p innerA and B's (p, j) at p innerB + j columnB.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(
        float[] a, int rowA, int innerA, float[] b, int innerB, int columnB, float[] c, int m, int n, int k)
    {
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = 0f;
                for (var p = 0; p < k; p++)
                    sum += a[i * rowA + p * innerA] * b[p * innerB + j * columnB];
                c[i * n + j] += sum;
            }
        }
    }
}
