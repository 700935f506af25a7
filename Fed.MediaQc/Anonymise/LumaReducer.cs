namespace Fed.MediaQc.Anonymise;

/// <summary>
/// What detectors see of a picture: its luma with 8 bits of full range, of large pictures the mean of each square of
/// pixels.
/// </summary>
internal sealed class LumaReducer
{
    /// <summary>Of these and up to twice as many the shorter side has that is left.</summary>
    private const int EnoughLines = 720;

    private readonly PictureLayout _layout;
    private readonly byte[] _levels;
    private readonly int[] _sums;

    /// <param name="isFullRange">Whether black is 0, not 16.</param>
    public LumaReducer(PictureLayout layout, bool isFullRange)
    {
        _layout = layout;
        Factor = Math.Max(1, Math.Min(layout.Width, layout.Height) / EnoughLines);
        (Width, Height) = (layout.Width / Factor, layout.Height / Factor);
        Luma = new byte[Width * Height];
        _sums = new int[Width];
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
        for (var y = 0; y < Height; y++)
        {
            _sums.AsSpan().Clear();
            for (var row = y * Factor; row < (y + 1) * Factor; row++)
            {
                if (_layout.Bits > 8)
                    AddRow(PictureLayout.Wide(picture).Slice(row * _layout.Width, Width * Factor));
                else
                    AddRow(picture.Slice(row * _layout.Width, Width * Factor));
            }

            var to = Luma.AsSpan(y * Width, Width);
            var pixels = Factor * Factor;
            for (var x = 0; x < to.Length; x++)
                to[x] = _levels[(int)((uint)_sums[x] / (uint)pixels) & (_levels.Length - 1)];
        }
    }

    private void AddRow(ReadOnlySpan<byte> row)
    {
        switch (Factor)
        {
            case 1:
                for (var x = 0; x < _sums.Length; x++)
                    _sums[x] += row[x];
                break;
            case 2:
                for (var x = 0; x < _sums.Length; x++)
                    _sums[x] += row[2 * x] + row[(2 * x) + 1];
                break;
            default:
                for (var x = 0; x < _sums.Length; x++)
                {
                    foreach (var value in row.Slice(x * Factor, Factor))
                        _sums[x] += value;
                }

                break;
        }
    }

    private void AddRow(ReadOnlySpan<ushort> row)
    {
        for (var x = 0; x < _sums.Length; x++)
        {
            foreach (var value in row.Slice(x * Factor, Factor))
                _sums[x] += value;
        }
    }
}
