using System.Numerics.Tensors;

namespace Fed.Training.Managed.Layers;

/// <summary>Copies image patches into the columns of a matrix [channels k k, rows columns], and adds them back.</summary>
internal sealed class PatchColumns(int channels, int height, int width, int kernel, int stride, int padding)
{
    private readonly int _rows = (height + 2 * padding - kernel) / stride + 1;
    private readonly int _columns = (width + 2 * padding - kernel) / stride + 1;

    public int InputLength => channels * height * width;

    /// <summary>Values in one patch.</summary>
    public int Depth => channels * kernel * kernel;

    /// <summary>Number of patches.</summary>
    public int Positions => _rows * _columns;

    public int Length => Depth * Positions;

    public void Gather(ReadOnlySpan<float> image, Span<float> matrix)
    {
        var target = 0;
        for (var entry = 0; entry < Depth; entry++)
        {
            var (plane, ky, kx) = (entry / (kernel * kernel), entry / kernel % kernel, entry % kernel);
            var (first, count) = Inside(kx);
            for (var row = 0; row < _rows; row++, target += _columns)
            {
                var line = matrix.Slice(target, _columns);
                var y = row * stride + ky - padding;
                if ((uint)y >= (uint)height)
                {
                    line.Clear();
                    continue;
                }

                line[..first].Clear();
                line[(first + count)..].Clear();
                var source = image[((plane * height + y) * width + first * stride + kx - padding)..];
                if (stride == 1)
                {
                    source[..count].CopyTo(line[first..]);
                    continue;
                }

                for (var i = 0; i < count; i++)
                    line[first + i] = source[i * stride];
            }
        }
    }

    public void Scatter(ReadOnlySpan<float> matrix, Span<float> image)
    {
        image.Clear();
        var from = 0;
        for (var entry = 0; entry < Depth; entry++)
        {
            var (plane, ky, kx) = (entry / (kernel * kernel), entry / kernel % kernel, entry % kernel);
            var (first, count) = Inside(kx);
            for (var row = 0; row < _rows; row++, from += _columns)
            {
                var y = row * stride + ky - padding;
                if ((uint)y >= (uint)height)
                    continue;
                var line = matrix.Slice(from + first, count);
                var target = image[((plane * height + y) * width + first * stride + kx - padding)..];
                if (stride == 1)
                {
                    TensorPrimitives.Add(target[..count], line, target[..count]);
                    continue;
                }

                for (var i = 0; i < count; i++)
                    target[i * stride] += line[i];
            }
        }
    }

    /// <summary>The output columns whose input column is inside the image, for one column of the kernel.</summary>
    private (int First, int Count) Inside(int kx)
    {
        var first = Math.Max(0, (padding - kx + stride - 1) / stride);
        var end = Math.Min(_columns, (width - 1 + padding - kx) / stride + 1);
        return (Math.Min(first, _columns), Math.Max(0, end - first));
    }
}
