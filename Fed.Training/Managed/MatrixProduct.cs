using System.Numerics;
using System.Runtime.CompilerServices;
using Fed.Training.Managed.Kernels;

namespace Fed.Training.Managed;

/// <summary>
/// Single-precision matrix products, C += A B, on row-major matrices, on one thread. Operands are packed into panels
/// that fit the caches (Goto and van de Geijn 2008, 'Anatomy of high-performance matrix multiplication'); every sum is
/// taken in a fixed order.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>C [m, n] += A [m, k] B [k, n].</summary>
    public static void Add(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k)
    {
        Check(a.Length, b.Length, c.Length, m * k, k * n, m * n);
        fixed (float* x = a, y = b, z = c)
            Panels(x, rowStride: k, innerStride: 1, y, z, m, n, k);
    }

    /// <summary>C [m, n] += A^T B with A [k, m] and B [k, n].</summary>
    public static void AddTransposedLeft(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k)
    {
        Check(a.Length, b.Length, c.Length, m * k, k * n, m * n);
        fixed (float* x = a, y = b, z = c)
            Panels(x, rowStride: 1, innerStride: m, y, z, m, n, k);
    }

    /// <summary>C [m, n] += A B^T with A [m, k] and B [n, k]: inner products of rows, nothing needs packing.</summary>
    public static void AddTransposedRight(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k)
    {
        Check(a.Length, b.Length, c.Length, m * k, k * n, m * n);
        fixed (float* x = a, y = b, z = c)
        {
            for (var p = 0; p < k; p += ProductWorkspace.DotDepth)
                Dots(x + p, y + p, k, z, m, n, Math.Min(ProductWorkspace.DotDepth, k - p));
        }
    }

    private static void Panels(
        float* a, int rowStride, int innerStride, float* b, float* c, int m, int n, int k)
    {
        var space = ProductWorkspace.Current;
        var width = ProductWorkspace.PanelWidth;
        var rows = (m + TileKernel.Rows - 1) / TileKernel.Rows * TileKernel.Rows;
        var left = space.Left((long)rows * Math.Min(k, ProductWorkspace.Depth));
        for (var p = 0; p < k; p += ProductWorkspace.Depth)
        {
            var depth = Math.Min(ProductWorkspace.Depth, k - p);
            Packing.Left(m, depth, a + p * innerStride, rowStride, innerStride, left);
            for (var j = 0; j < n; j += width)
            {
                var columns = Math.Min(width, n - j);
                Packing.RightPanel(depth, columns, width, b + p * n + j, n, space.Panel);
                for (var i = 0; i < m; i += TileKernel.Rows)
                    Tile(space, left + i * depth, depth, c + i * n + j, n, Math.Min(TileKernel.Rows, m - i), columns);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(
        ProductWorkspace space, float* left, int depth, float* c, int stride, int rows, int columns)
    {
        var steps = space.Steps;
        if (columns == ProductWorkspace.PanelWidth && rows == TileKernel.Rows)
        {
            var whole = TileRows.Of(c, stride, 0, rows, null);
            TileKernel.Run(left, space.Taps, depth, space.Panel, steps, steps, TileKernel.Columns, whole, null);
            return;
        }

        // At the border the whole tile is computed aside, and only what exists is added.
        var aside = TileRows.Of(space.Tile, ProductWorkspace.PanelWidth, 0, TileKernel.Rows, null);
        var vectors = (columns + ProductWorkspace.Lanes - 1) / ProductWorkspace.Lanes;
        TileKernel.Run(left, space.Taps, depth, space.Panel, steps, steps, vectors, aside, space.Zeros);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                c[i * stride + j] += space.Tile[i * ProductWorkspace.PanelWidth + j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dots(float* a, float* b, int stride, float* c, int m, int n, int k)
    {
        var steps = ProductWorkspace.Current.Steps;
        var sums = stackalloc float[DotKernel.Rows * DotKernel.Columns];
        var vectors = k / ProductWorkspace.Lanes;
        for (var i = 0; i < m; i += DotKernel.Rows)
        {
            var rows = Math.Min(DotKernel.Rows, m - i);
            var left = TileRows.Of(a, stride, i, m, a + i * stride);
            for (var j = 0; j < n; j += DotKernel.Columns)
            {
                var columns = Math.Min(DotKernel.Columns, n - j);
                var b0 = b + j * stride;
                var b1 = columns > 1 ? b0 + stride : b0;
                var b2 = columns > 2 ? b1 + stride : b0;
                DotKernel.Run(left, steps, 0, b0, b1, b2, steps, 0, vectors, 1, sums);
                for (var row = i; row < i + rows; row++)
                {
                    for (var column = j; column < j + columns; column++)
                    {
                        var sum = sums[(row - i) * DotKernel.Columns + column - j];
                        for (var p = vectors * ProductWorkspace.Lanes; p < k; p++)
                            sum += a[row * stride + p] * b[column * stride + p];
                        c[row * n + column] += sum;
                    }
                }
            }
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

/// <summary>
/// Packing buffers and offset tables of the matrix products; one for each thread, so that a product allocates nothing.
/// </summary>
internal sealed unsafe class ProductWorkspace
{
    /// <summary>
    /// A right panel of 256 x 24 floats and a left one of 256 x 4 stay together in a level-1 cache of 32 KB.
    /// </summary>
    public const int Depth = 256;

    /// <summary>An inner product walks this far along seven rows before it moves on: 7 x 2 KB.</summary>
    public const int DotDepth = 512;

    [ThreadStatic]
    private static ProductWorkspace? _current;

    private readonly AlignedBuffer<float> _panel = new(Depth * PanelWidth);
    private readonly AlignedBuffer<float> _tile = new(TileKernel.Rows * PanelWidth);
    private readonly AlignedBuffer<float> _zeros = new(TileKernel.Rows);
    private readonly AlignedBuffer<int> _taps = new(Depth);
    private readonly AlignedBuffer<int> _steps = new(DotDepth / Lanes);
    private AlignedBuffer<float> _left = new(Depth * 64);

    private ProductWorkspace()
    {
        for (var i = 0; i < Depth; i++)
            _taps.Pointer[i] = i * PanelWidth;
        for (var v = 0; v < _steps.Length; v++)
            _steps.Pointer[v] = v * Lanes;
    }

    public static int Lanes => Vector<float>.Count;

    public static int PanelWidth => Lanes * TileKernel.Columns;

    public static ProductWorkspace Current => _current ??= new ProductWorkspace();

    /// <summary>A packed panel of the right side.</summary>
    public float* Panel => _panel.Pointer;

    /// <summary>A result tile that is copied only in part.</summary>
    public float* Tile => _tile.Pointer;

    /// <summary>No bias.</summary>
    public float* Zeros => _zeros.Pointer;

    /// <summary>Rows of the packed panel.</summary>
    public int* Taps => _taps.Pointer;

    /// <summary>Vectors that follow each other.</summary>
    public int* Steps => _steps.Pointer;

    /// <summary>Room for a packed left side.</summary>
    public float* Left(long length)
    {
        _left = AlignedBuffer<float>.AtLeast(_left, length);
        return _left.Pointer;
    }
}
