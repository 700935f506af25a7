namespace Fed.Training.Managed.Layers;

/// <summary>
/// The zero-padded image of a convolution, cut by stride into phases: plane (v, u) of a channel holds the pixels whose
/// row and column leave v and u when divided by the stride. In such planes, the pixels that one tap of the kernel
/// meets, for all outputs, are one run of memory at a fixed offset, so a convolution is a matrix product without copied
/// patches (im2col). Rows of a plane have <see cref="Reach"/> columns more than the output; the products compute these,
/// too, and they are dropped.
/// </summary>
internal sealed class PhasePlanes(int channels, int height, int width, int kernel, int stride, int padding)
{
    /// <summary>Rows of the output.</summary>
    public int Rows { get; } = (height + 2 * padding - kernel) / stride + 1;

    /// <summary>Columns of the output.</summary>
    public int Columns { get; } = (width + 2 * padding - kernel) / stride + 1;

    /// <summary>How many rows and columns the kernel reaches beyond its first, in a plane.</summary>
    public int Reach { get; } = (kernel - 1) / stride;

    /// <summary>Phases in use along one side.</summary>
    public int Phases { get; } = Math.Min(stride, kernel);

    public int Channels => channels;

    /// <summary>Values in one row of a plane.</summary>
    public int Pitch => Columns + Reach;

    public int PlaneLength => (Rows + Reach) * Pitch;

    /// <summary>From the first output to behind the last, in rows of <see cref="Pitch"/>.</summary>
    public int Span => (Rows - 1) * Pitch + Columns;

    /// <summary>All planes of one image, and a slack for products that read whole vectors.</summary>
    public int Length => Phases * Phases * channels * PlaneLength + Slack;

    public int InputLength => channels * height * width;

    /// <summary>Taps of the kernel over all channels: the inner dimension of the product.</summary>
    public int Depth => channels * kernel * kernel;

    private static int Slack => ShiftedProduct.Width;

    /// <summary>Where each tap's run starts, in the order of the weights: channel, row, column.</summary>
    public int[] TapOffsets()
    {
        var offsets = new int[Depth];
        for (var tap = 0; tap < Depth; tap++)
        {
            var (plane, ky, kx) = (tap / (kernel * kernel), tap / kernel % kernel, tap % kernel);
            offsets[tap] = Start(ky % stride, kx % stride, plane) + ky / stride * Pitch + kx / stride;
        }

        return offsets;
    }

    /// <summary>
    /// Fills the planes from an image. What is padding is not written: it must be zero from the start.
    /// </summary>
    public void Split(ReadOnlySpan<float> image, Span<float> planes)
    {
        for (var phase = 0; phase < Phases * Phases; phase++)
        {
            var (v, u) = (phase / Phases, phase % Phases);
            var (top, left, rows, columns) = Inside(v, u);
            for (var plane = 0; plane < channels; plane++)
            {
                for (var row = top; row < top + rows; row++)
                {
                    var source = image[Pixel(plane, row, left, v, u)..];
                    var target = planes.Slice(Start(v, u, plane) + row * Pitch + left, columns);
                    if (stride == 1)
                    {
                        source[..columns].CopyTo(target);
                        continue;
                    }

                    for (var i = 0; i < target.Length; i++)
                        target[i] = source[i * stride];
                }
            }
        }
    }

    /// <summary>
    /// Puts what <c>Inside</c> says of one phase, one row of <paramref name="wide"/> per channel, back into an image.
    /// </summary>
    public void Merge(int v, int u, ReadOnlySpan<float> wide, int wideStride, Span<float> image)
    {
        var (top, left, rows, columns) = Inside(v, u);
        for (var plane = 0; plane < channels; plane++)
        {
            for (var row = top; row < top + rows; row++)
            {
                var source = wide.Slice(plane * wideStride + (row - top) * Pitch, columns);
                var target = image[Pixel(plane, row, left, v, u)..];
                if (stride == 1)
                {
                    source.CopyTo(target);
                    continue;
                }

                for (var i = 0; i < source.Length; i++)
                    target[i * stride] = source[i];
            }
        }
    }

    /// <summary>The part of a phase's planes that holds pixels of the image and not padding; it may be empty.</summary>
    public (int Top, int Left, int Rows, int Columns) Inside(int v, int u)
    {
        var (top, rows) = Inside(v, height, Rows + Reach);
        var (left, columns) = Inside(u, width, Pitch);
        return rows > 0 && columns > 0 ? (top, left, rows, columns) : default;
    }

    private (int First, int Count) Inside(int phase, int side, int length)
    {
        var first = Math.Max(0, (padding - phase + stride - 1) / stride);
        var end = Math.Min(length, (side - 1 + padding - phase) / stride + 1);
        return (first, end - first);
    }

    private int Pixel(int plane, int row, int column, int v, int u) =>
        (plane * height + row * stride + v - padding) * width + column * stride + u - padding;

    private int Start(int v, int u, int plane) => ((v * Phases + u) * channels + plane) * PlaneLength;
}
