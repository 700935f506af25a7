using System.Numerics;

namespace Fed.Training.Managed.Kernels;

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
