using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fed.Training.Managed.Kernels;

/// <summary>A convolution of images, and the padded input that its weight gradient will need.</summary>
internal sealed unsafe class ConvolutionForward
{
    private readonly int _filters;
    private readonly PlaneConvolution _convolution;
    private readonly AlignedBuffer<float> _gapped;

    public ConvolutionForward(Conv2dSpecification layer, int channels, int height, int width, int rows, int columns)
    {
        _filters = layer.Filters;
        var (kernel, padding) = (layer.Kernel, layer.Padding);
        Planes = new PaddedPlanes(
            channels, height + 2 * padding, width + 2 * padding, height, width, padding, layer.Stride);
        Vectors = new PlaneVectors(rows, columns, Planes.Pitch);
        var taps = new int[channels * kernel * kernel];
        for (var i = 0; i < taps.Length; i++)
            taps[i] = Planes.At(i / (kernel * kernel), i / kernel % kernel, i % kernel);
        _convolution = new PlaneConvolution(_filters, taps, Vectors);
        _gapped = new AlignedBuffer<float>(Vectors.Dense ? 0 : (long)_filters * Vectors.PlaneLength);
    }

    public PaddedPlanes Planes { get; }

    public PlaneVectors Vectors { get; }

    /// <summary>For each tap (channel, row, column) of a kernel its place in the padded input.</summary>
    public ReadOnlySpan<int> Taps => _convolution.Taps;

    /// <param name="kernels">[filters][channels][rows][columns].</param>
    /// <param name="bias">[filters].</param>
    public void SetKernels(float* kernels, ReadOnlySpan<float> bias) => _convolution.SetKernels(kernels, bias);

    /// <summary>Convolves one image; its padded copy stays at <paramref name="index"/>.</summary>
    public void Run(int index, float* input, float* output)
    {
        Planes.Fill(index, input);
        if (Vectors.Dense)
        {
            _convolution.Run(Planes.Image(index), output);
            return;
        }

        _convolution.Run(Planes.Image(index), _gapped.Pointer);
        Vectors.Gather(_filters, _gapped.Pointer, output);
    }
}

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

/// <summary>
/// The gradient of a convolution by its kernels and biases: inner products of the output gradient with windows of the
/// padded input that the forward pass left.
/// </summary>
internal sealed unsafe class ConvolutionWeightGradient(int filters, ConvolutionForward forward)
{
    // Images that are summed before the twelve vectors of a tile are reduced: few enough to stay in level-2 cache.
    private const int Chunk = 8;

    private readonly PlaneVectors _vectors = forward.Vectors;
    private readonly AlignedBuffer<float> _gapped =
        new(forward.Vectors.Dense ? 0 : (long)Chunk * filters * forward.Vectors.PlaneLength);

    /// <summary>Adds the gradients of <paramref name="count"/> images.</summary>
    /// <param name="count">Images in the padded planes.</param>
    /// <param name="gradients">Gradient by the output, images x filters x height x width.</param>
    /// <param name="weights">Added to: filters x depth.</param>
    /// <param name="biases">Added to: filters.</param>
    public void Add(int count, float* gradients, float* weights, float* biases)
    {
        var image = filters * _vectors.Height * _vectors.Width;
        for (var first = 0; first < count; first += Chunk)
        {
            var images = Math.Min(Chunk, count - first);
            var rows = gradients + (long)first * image;
            if (!_vectors.Dense)
            {
                // The gaps stay zero, so what the input holds there does not count.
                _vectors.Spread(images * filters, rows, _gapped.Pointer);
                rows = _gapped.Pointer;
            }

            AddBiases(images, rows, biases);
            AddWeights(first, images, rows, weights);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddWeights(int first, int images, float* gradients, float* weights)
    {
        var sums = stackalloc float[DotKernel.Rows * DotKernel.Columns];
        var planes = forward.Planes.Image(first);
        var taps = forward.Taps;
        var depth = taps.Length;
        var stride = filters * _vectors.PlaneLength;
        for (var filter = 0; filter < filters; filter += DotKernel.Rows)
        {
            var spare = gradients + (long)filter * _vectors.PlaneLength;
            var left = TileRows.Of(gradients, _vectors.PlaneLength, filter, filters, spare);
            var rows = Math.Min(DotKernel.Rows, filters - filter);
            for (var tap = 0; tap < depth; tap += DotKernel.Columns)
            {
                var b0 = planes + taps[tap];
                var b1 = planes + taps[Math.Min(tap + 1, depth - 1)];
                var b2 = planes + taps[Math.Min(tap + 2, depth - 1)];
                DotKernel.Run(
                    left, _vectors.To, stride, b0, b1, b2, _vectors.From, forward.Planes.ImageLength, _vectors.Count,
                    images, sums);
                var columns = Math.Min(DotKernel.Columns, depth - tap);
                for (var i = 0; i < rows; i++)
                {
                    for (var j = 0; j < columns; j++)
                        weights[(filter + i) * depth + tap + j] += sums[i * DotKernel.Columns + j];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddBiases(int images, float* gradients, float* biases)
    {
        for (var n = 0; n < images; n++)
        {
            for (var filter = 0; filter < filters; filter++)
            {
                Vector<float> sum = default;
                for (var v = 0; v < _vectors.Count; v++, gradients += Vector<float>.Count)
                    sum += Vector.Load(gradients);
                biases[filter] += Vector.Sum(sum);
            }
        }
    }
}
