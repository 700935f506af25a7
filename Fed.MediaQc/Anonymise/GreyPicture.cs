using System.Numerics.Tensors;

namespace Fed.MediaQc.Anonymise;

/// <summary>A grey picture of floats whose memory is kept: what the next one needs is rarely more.</summary>
internal sealed class GreyPicture
{
    private float[] _values = [];
    private float[] _row = [];
    private int[] _left = [];
    private float[] _share = [];

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Row by row.</summary>
    public Memory<float> Values => _values.AsMemory(0, Width * Height);

    /// <summary>The luma's 0 to 255 become -1 to 1, as the networks were trained.</summary>
    public void SetTo(ReadOnlySpan<byte> luma, int width, int height)
    {
        Reserve(width, height);
        var values = Values.Span;
        TensorPrimitives.ConvertTruncating(luma[..values.Length], values);
        TensorPrimitives.Subtract(values, 127.5f, values);
        TensorPrimitives.Multiply(values, 1 / 128f, values);
    }

    /// <summary>Bilinear, pixels' centres on one another's: smooth enough down to half the size.</summary>
    public void SetTo(GreyPicture source, int width, int height)
    {
        Reserve(width, height);
        if (_row.Length < source.Width)
            _row = new float[source.Width];
        if (_left.Length < width)
            (_left, _share) = (new int[width], new float[width]);
        for (var x = 0; x < width; x++)
            (_left[x], _share[x]) = Place(x, width, source.Width);
        var row = _row.AsSpan(0, source.Width);
        var values = Values.Span;
        for (var y = 0; y < height; y++)
        {
            var (top, share) = Place(y, height, source.Height);
            var above = source.Values.Span.Slice(top * source.Width, source.Width);
            var below = source.Values.Span.Slice(Math.Min(top + 1, source.Height - 1) * source.Width, source.Width);
            TensorPrimitives.Lerp(above, below, share, row);
            var to = values.Slice(y * width, width);
            for (var x = 0; x < to.Length; x++)
            {
                var left = _left[x];
                var value = row[left];
                to[x] = value + ((row[Math.Min(left + 1, row.Length - 1)] - value) * _share[x]);
            }
        }
    }

    /// <summary>Cuts a square out and brings it to <paramref name="side"/> pixels; outside of the picture is
    /// black.</summary>
    public void Cut(double left, double top, double size, int side, Span<float> to)
    {
        const float black = -127.5f / 128;
        var values = Values.Span;
        var step = size / side;
        for (var y = 0; y < side; y++)
        {
            var fromY = top + ((y + 0.5) * step) - 0.5;
            var row = (int)Math.Floor(fromY);
            var shareY = (float)(fromY - row);
            for (var x = 0; x < side; x++)
            {
                var fromX = left + ((x + 0.5) * step) - 0.5;
                var column = (int)Math.Floor(fromX);
                var shareX = (float)(fromX - column);
                var above = At(values, column, row) + ((At(values, column + 1, row) - At(values, column, row)) * shareX);
                var below = At(values, column, row + 1)
                    + ((At(values, column + 1, row + 1) - At(values, column, row + 1)) * shareX);
                to[(y * side) + x] = above + ((below - above) * shareY);
            }
        }

        float At(ReadOnlySpan<float> from, int x, int y) =>
            (uint)x < (uint)Width && (uint)y < (uint)Height ? from[(y * Width) + x] : black;
    }

    private static (int Before, float Share) Place(int at, int count, int sourceCount)
    {
        var from = Math.Max(0, ((at + 0.5f) * sourceCount / count) - 0.5f);
        var before = Math.Min((int)from, sourceCount - 1);
        return (before, from - before);
    }

    private void Reserve(int width, int height)
    {
        (Width, Height) = (width, height);
        if (_values.Length < width * height)
            _values = new float[width * height];
    }
}
