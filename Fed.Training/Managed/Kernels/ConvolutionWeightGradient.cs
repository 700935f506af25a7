using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fed.Training.Managed.Kernels;

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
