namespace Fed.MediaQc.Plates;

/// <summary>A picture in smaller and smaller copies, each 4/5 of the one before. Keeps its buffers from picture to
/// picture.</summary>
internal sealed class PicturePyramid
{
    /// <summary>Pictures that are wider are made so wide first.</summary>
    public const int MostWidth = 1280;

    /// <summary>From one level to the next.</summary>
    public const double Step = 1.25;

    /// <summary>The last level shows plates of so many pixels in height on a picture of <see cref="MostWidth"/>.</summary>
    public const int TallestPlate = 170;

    private readonly List<Level> _levels = [];
    private byte[] _halved = [];
    private int _width;
    private int _height;

    /// <param name="scale">Pixels of the picture by pixels of the level.</param>
    public sealed class Level(int width, int height, double scale)
    {
        public int Width { get; } = width;

        public int Height { get; } = height;

        public double Scale { get; } = scale;

        public byte[] Pixels { get; } = new byte[width * height];

        /// <summary>A window of the level.</summary>
        /// <param name="window">16 rows of 64; overwritten.</param>
        public void Cut(int x, int y, Span<byte> window)
        {
            for (var row = 0; row < PlateWindow.Height; row++)
            {
                Pixels.AsSpan((y + row) * Width + x, PlateWindow.Width)
                    .CopyTo(window[(row * PlateWindow.Width)..]);
            }
        }

        /// <summary>The inner part of a window, in pixels of the picture.</summary>
        public PlateBox Inner(int x, int y) => Around(x, y, PlateWindow.InnerWidth, PlateWindow.InnerHeight);

        /// <summary>The middle of a window, so wide and high in the level, in pixels of the picture.</summary>
        public PlateBox Around(int x, int y, double width, double height)
        {
            double left = x + (PlateWindow.Width - width) / 2, top = y + (PlateWindow.Height - height) / 2;
            return new(Scale * left, Scale * top, Scale * (left + width), Scale * (top + height));
        }
    }

    /// <summary>From the largest down.</summary>
    public IReadOnlyList<Level> Levels => _levels;

    /// <param name="luma">Row by row.</param>
    public void Load(ReadOnlySpan<byte> luma, int width, int height)
    {
        if ((width, height) != (_width, _height))
            Plan(width, height);
        if (_levels.Count == 0)
            return;
        var source = luma;
        // Bilinear interpolation sees two pixels of a row: beyond half the size it would leave some out.
        while (width >= 2 * _levels[0].Width && height >= 2 * _levels[0].Height)
        {
            LumaResize.Halve(source, width, height, _halved);
            (width, height) = (width / 2, height / 2);
            source = _halved;
        }

        foreach (var level in _levels)
        {
            LumaResize.Bilinear(source, width, height, level.Pixels, level.Width, level.Height);
            source = level.Pixels;
            (width, height) = (level.Width, level.Height);
        }
    }

    private void Plan(int width, int height)
    {
        (_width, _height) = (width, height);
        _levels.Clear();
        var scale = Math.Max(1.0, (double)width / MostWidth);
        _halved = scale >= 2 ? new byte[(width / 2) * (height / 2)] : [];
        var largest = scale * TallestPlate / PlateWindow.InnerHeight;
        for (var at = scale; at <= largest; at *= Step)
        {
            int wide = (int)(width / at), high = (int)(height / at);
            if (wide < PlateWindow.Width || high < PlateWindow.Height)
                break;
            _levels.Add(new Level(wide, high, at));
        }
    }
}

/// <summary>Smaller copies of luma pictures, in whole numbers: the same bytes on every machine.</summary>
internal static class LumaResize
{
    private const int One = 256;

    /// <summary>Means of 2 x 2.</summary>
    /// <param name="half">(width / 2) x (height / 2); may be the source itself.</param>
    public static void Halve(ReadOnlySpan<byte> source, int width, int height, Span<byte> half)
    {
        int wide = width / 2, high = height / 2;
        for (var y = 0; y < high; y++)
        {
            var upper = source.Slice(2 * y * width, 2 * wide);
            var lower = source.Slice((2 * y + 1) * width, 2 * wide);
            for (var x = 0; x < wide; x++)
                half[y * wide + x] = (byte)((upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1] + 2) >> 2);
        }
    }

    /// <summary>Bilinear interpolation, middle to middle.</summary>
    public static void Bilinear(
        ReadOnlySpan<byte> source, int width, int height, Span<byte> result, int newWidth, int newHeight)
    {
        if (width == newWidth && height == newHeight)
        {
            source[..(width * height)].CopyTo(result);
            return;
        }

        Span<int> columns = stackalloc int[newWidth];
        for (var x = 0; x < newWidth; x++)
            columns[x] = Place(x, width, newWidth);
        for (var y = 0; y < newHeight; y++)
        {
            var row = Place(y, height, newHeight);
            var (top, down) = (row / One, row % One);
            var upper = source.Slice(top * width, width);
            var lower = source.Slice(Math.Min(top + 1, height - 1) * width, width);
            var line = result.Slice(y * newWidth, newWidth);
            for (var x = 0; x < line.Length; x++)
            {
                var left = columns[x] / One;
                int right = Math.Min(left + 1, width - 1), across = columns[x] % One;
                var above = upper[left] * (One - across) + upper[right] * across;
                var below = lower[left] * (One - across) + lower[right] * across;
                line[x] = (byte)((above * (One - down) + below * down + One * One / 2) / (One * One));
            }
        }
    }

    // In 256ths of a source pixel.
    private static int Place(int at, int size, int newSize) => Math.Clamp(
        (int)((2L * at + 1) * size * One / (2L * newSize)) - One / 2, 0, (size - 1) * One);
}
