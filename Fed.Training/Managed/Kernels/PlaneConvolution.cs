using System.Runtime.CompilerServices;

namespace Fed.Training.Managed.Kernels;

/// <summary>Sums weighted taps of padded planes: a convolution forward, or one phase of its input gradient.</summary>
internal sealed unsafe class PlaneConvolution
{
    private readonly int _filters;
    private readonly AlignedBuffer<int> _taps;
    private readonly AlignedBuffer<float> _packed;
    private readonly AlignedBuffer<float> _bias;
    private readonly AlignedBuffer<float> _spare;

    /// <param name="filters">Output planes.</param>
    /// <param name="taps">
    /// For each term of the sum, its place in the padded input, relative to the vectors' places.
    /// </param>
    /// <param name="vectors">The output's geometry.</param>
    public PlaneConvolution(int filters, ReadOnlySpan<int> taps, PlaneVectors vectors)
    {
        _filters = filters;
        Vectors = vectors;
        _taps = new AlignedBuffer<int>(taps.Length);
        taps.CopyTo(_taps.Span);
        var rows = (filters + TileKernel.Rows - 1) / TileKernel.Rows * TileKernel.Rows;
        _packed = new AlignedBuffer<float>((long)rows * taps.Length);
        _bias = new AlignedBuffer<float>(rows);
        _spare = new AlignedBuffer<float>(vectors.PlaneLength);
    }

    public PlaneVectors Vectors { get; }

    public ReadOnlySpan<int> Taps => _taps.Span;

    /// <summary>Takes kernels [filters][taps] and biases; without biases they are zero.</summary>
    public void SetKernels(float* kernels, ReadOnlySpan<float> bias)
    {
        Packing.Left(_filters, _taps.Length, kernels, _taps.Length, 1, _packed.Pointer);
        bias.CopyTo(_bias.Span);
    }

    /// <summary>Writes filters x <see cref="PlaneVectors.PlaneLength"/> values for a padded image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(float* image, float* output)
    {
        for (var filter = 0; filter < _filters; filter += TileKernel.Rows)
        {
            var rows = TileRows.Of(output, Vectors.PlaneLength, filter, _filters, _spare.Pointer);
            TileKernel.Run(
                _packed.Pointer + (long)filter * _taps.Length, _taps.Pointer, _taps.Length, image, Vectors.From,
                Vectors.To, Vectors.Count, rows, _bias.Pointer + filter);
        }
    }
}
