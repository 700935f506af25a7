namespace Fed.MediaQc.Plates;

/// <summary>A flat thing, seen straight on, before it is put into a picture.</summary>
internal sealed class PlateCanvas
{
    public PlateCanvas(int width, int height)
    {
        (Width, Height) = (width, height);
        Luma = new float[width * height];
        Cover = new float[width * height];
    }

    public int Width { get; }

    public int Height { get; }

    public float[] Luma { get; }

    /// <summary>0 where what is behind shows, 1 where it does not.</summary>
    public float[] Cover { get; }

    /// <summary>Fills a rectangle, which may reach beyond the canvas.</summary>
    public void Fill(double left, double top, double width, double height, double luma)
    {
        int from = Math.Max(0, (int)Math.Round(left)), to = Math.Min(Width, (int)Math.Round(left + width));
        for (var y = Math.Max(0, (int)Math.Round(top)); y < Math.Min(Height, (int)Math.Round(top + height)); y++)
        {
            if (to <= from)
                continue;
            Luma.AsSpan(y * Width + from, to - from).Fill((float)luma);
            Cover.AsSpan(y * Width + from, to - from).Fill(1);
        }
    }

    /// <summary>A frame inside of a rectangle.</summary>
    public void Frame(double left, double top, double width, double height, double thick, double luma)
    {
        Fill(left, top, width, thick, luma);
        Fill(left, top + height - thick, width, thick, luma);
        Fill(left, top, thick, height, luma);
        Fill(left + width - thick, top, thick, height, luma);
    }

    /// <summary>Width of a line of text, pixels.</summary>
    /// <param name="capHeight">Of an H, pixels.</param>
    public static double Measure(GlyphSheet font, string text, double capHeight)
    {
        var scale = capHeight / font.CapHeight;
        var gap = Gap(capHeight);
        return text.Sum(character => Advance(font, character, scale, capHeight) + gap) - gap;
    }

    /// <summary>Draws a line of text in the middle of a box, narrowed where it does not fit.</summary>
    /// <param name="capHeight">Of an H, pixels; H stands in the middle of the box.</param>
    public void Text(
        GlyphSheet font, string text, double left, double top, double width, double height, double capHeight,
        double luma)
    {
        var natural = Measure(font, text, capHeight);
        var narrow = Math.Min(1, width / Math.Max(1, natural));
        double x = left + (width - narrow * natural) / 2, scale = capHeight / font.CapHeight;
        var baseline = top + (height + capHeight) / 2;
        foreach (var character in text)
        {
            if (font[character] is { } glyph)
                Draw(glyph, x, baseline, scale * narrow, scale, (float)luma);
            x += narrow * (Advance(font, character, scale, capHeight) + Gap(capHeight));
        }
    }

    private static double Gap(double capHeight) => 0.13 * capHeight;

    private static double Advance(GlyphSheet font, char character, double scale, double capHeight) =>
        font[character] is { } glyph ? glyph.Width * scale : 0.25 * capHeight;

    private void Draw(Glyph glyph, double left, double baseline, double scaleX, double scaleY, float luma)
    {
        var top = baseline - GlyphSheet.Baseline * scaleY;
        int fromX = Math.Max(0, (int)Math.Floor(left)), toX = Math.Min(Width, (int)Math.Ceiling(left + glyph.Width * scaleX));
        int fromY = Math.Max(0, (int)Math.Floor(top));
        var toY = Math.Min(Height, (int)Math.Ceiling(top + GlyphSheet.Rows * scaleY));
        for (var y = fromY; y < toY; y++)
        {
            var (up, down) = Range((y - top) / scaleY, (y + 1 - top) / scaleY, GlyphSheet.Rows);
            for (var x = fromX; x < toX; x++)
            {
                var (before, after) = Range((x - left) / scaleX, (x + 1 - left) / scaleX, glyph.Width);
                var ink = glyph.Mean(before, up, after, down);
                if (ink <= 0)
                    continue;
                var at = y * Width + x;
                var cover = ink + (1 - ink) * Cover[at];
                Luma[at] = (ink * luma + (1 - ink) * Cover[at] * Luma[at]) / cover;
                Cover[at] = cover;
            }
        }
    }

    // At least one row or column, inside of the glyph.
    private static (int From, int To) Range(double from, double to, int size)
    {
        var low = Math.Clamp((int)Math.Round(from), 0, size - 1);
        return (low, Math.Clamp((int)Math.Round(to), low + 1, size));
    }
}
