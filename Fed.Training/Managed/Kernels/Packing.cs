using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fed.Training.Managed.Kernels;

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
