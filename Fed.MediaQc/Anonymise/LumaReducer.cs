using System.Numerics;
using System.Numerics.Tensors;

namespace Fed.MediaQc.Anonymise;

/// <summary>
/// What detectors see of a picture: its luma with 8 bits of full range, of large pictures the mean of each square of
/// pixels.
/// </summary>
internal sealed class LumaReducer
{
    /// <summary>Pixels on a side of the smallest picture that detectors take.</summary>
    public const int Least = 16;

    /// <summary>Pixels of the largest picture.</summary>
    public const int Most = 256 << 20;

    /// <summary>Pixels on a side of the largest picture that detectors take.</summary>
    private const int LongestSide = 8192;

    /// <summary>Of these and up to twice as many the shorter side has that is left.</summary>
    private const int EnoughLines = 720;

    private readonly PictureLayout _layout;
    private readonly byte[] _levels;
    private readonly ushort[] _columns;

    /// <param name="isFullRange">Whether black is 0, not 16.</param>
    public LumaReducer(PictureLayout layout, bool isFullRange)
    {
        _layout = layout;
        var (shorter, longer) = (Math.Min(layout.Width, layout.Height), Math.Max(layout.Width, layout.Height));
        Factor = Math.Max(Math.Max(1, shorter / EnoughLines), (longer + LongestSide - 1) / LongestSide);
        (Width, Height) = (layout.Width / Factor, layout.Height / Factor);
        Luma = new byte[Width * Height];
        _columns = new ushort[Width * Factor];
        var count = 1 << layout.Bits;
        var scale = count / 256.0;
        _levels = new byte[count];
        for (var level = 0; level < count; level++)
        {
            var value = level / scale;
            _levels[level] = (byte)Math.Clamp(isFullRange ? value : (value - 16) * 255 / 219, 0, 255);
        }
    }

    /// <summary>Pixels of the picture that become one, in each direction.</summary>
    public int Factor { get; }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Of the last picture.</summary>
    public byte[] Luma { get; }

    public void Reduce(Span<byte> picture)
    {
        if (Factor == 1 && _layout.Bits == 8)
        {
            for (var i = 0; i < Luma.Length; i++)
                Luma[i] = _levels[picture[i]];
            return;
        }

        for (var y = 0; y < Height; y++)
        {
            _columns.AsSpan().Clear();
            for (var row = y * Factor; row < (y + 1) * Factor; row++)
            {
                if (_layout.Bits > 8)
                    Add(PictureLayout.Wide(picture).Slice(row * _layout.Width, _columns.Length));
                else
                    Add(picture.Slice(row * _layout.Width, _columns.Length));
            }

            var to = Luma.AsSpan(y * Width, Width);
            var pixels = (uint)(Factor * Factor);
            for (var x = 0; x < to.Length; x++)
            {
                var sum = 0u;
                foreach (var column in _columns.AsSpan(x * Factor, Factor))
                    sum += column;
                // Decoders give no more than 10 bits; what is beyond would be beyond the table.
                to[x] = _levels[Math.Min(sum / pixels, (uint)_levels.Length - 1)];
            }
        }
    }

    private void Add(ReadOnlySpan<byte> row)
    {
        var x = 0;
        for (; x <= row.Length - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(row[x..]), out var low, out var high);
            (new Vector<ushort>(_columns, x) + low).CopyTo(_columns, x);
            (new Vector<ushort>(_columns, x + Vector<ushort>.Count) + high).CopyTo(_columns, x + Vector<ushort>.Count);
        }

        for (; x < row.Length; x++)
            _columns[x] += row[x];
    }

    /// <summary>A sum of 10 bits has room for 64 rows.</summary>
    private void Add(ReadOnlySpan<ushort> row) => TensorPrimitives.Add(_columns, row, _columns);
}
