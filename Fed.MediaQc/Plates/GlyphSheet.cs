using System.Globalization;
using System.Text;
using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Plates;

/// <summary>A character as coverage.</summary>
/// <param name="Width">Columns from its first ink to its last; its rows are those of the sheet.</param>
/// <param name="Areas">Summed-area table, (rows + 1) x (<paramref name="Width"/> + 1), of coverage 0 to 255.</param>
internal sealed record Glyph(int Width, int[] Areas)
{
    /// <summary>Mean coverage of a rectangle, 0 to 1.</summary>
    public float Mean(int left, int top, int right, int bottom)
    {
        var stride = Width + 1;
        var sum = Areas[bottom * stride + right] - Areas[top * stride + right]
            - Areas[bottom * stride + left] + Areas[top * stride + left];
        return sum / (255f * (right - left) * (bottom - top));
    }
}

/// <summary>The characters of one font, drawn once, large, by ffmpeg (libfreetype).</summary>
internal sealed class GlyphSheet
{
    /// <summary>Rows of a sheet.</summary>
    public const int Rows = 128;

    /// <summary>Row on which the characters stand.</summary>
    public const int Baseline = 96;

    private const int Cell = 128;
    private const int PerLine = 12;
    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.&/";
    private readonly Dictionary<char, Glyph> _glyphs;

    private GlyphSheet(Dictionary<char, Glyph> glyphs, int capHeight) => (_glyphs, CapHeight) = (glyphs, capHeight);

    /// <summary>Rows of an H.</summary>
    public int CapHeight { get; }

    /// <returns>Null: a space, or a character that sheets do not have.</returns>
    public Glyph? this[char character] => _glyphs.GetValueOrDefault(character);

    /// <param name="scratch">An existing folder for temporary files.</param>
    /// <exception cref="DataFileException">The font is missing, or ffmpeg cannot draw with it.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing.</exception>
    public static async Task<GlyphSheet> DrawAsync(Ffmpeg ffmpeg, string font, string scratch, CancellationToken cancel)
    {
        if (!File.Exists(font))
            throw new DataFileException(font, "the font is missing; install its package or give --sources");
        // In place of a file that it cannot read, ffmpeg takes any font of the system.
        if (!await IsFontAsync(font, cancel))
            throw new DataFileException(font, "it is no TrueType or OpenType font; restore the file");
        var name = Guid.NewGuid().ToString("n");
        string copy = name + ".font", script = name + ".filter", result = name + ".gray";
        try
        {
            File.Copy(font, Path.Combine(scratch, copy));
            await File.WriteAllTextAsync(Path.Combine(scratch, script), Filter(copy), cancel);
            int width = PerLine * Cell, lines = (Characters.Length + PerLine - 1) / PerLine;
            var (code, complaints) = await ffmpeg.TryAsync(
                ["-f", "lavfi", "-i", $"color=black:s={width}x{lines * Rows}:r=1", "-filter_script:v", script,
                    "-frames:v", "1", "-pix_fmt", "gray", "-f", "rawvideo", result],
                scratch,
                cancel);
            if (code != 0)
                throw new DataFileException(font, $"ffmpeg cannot draw with the font: {complaints}");
            return Of(font, await File.ReadAllBytesAsync(Path.Combine(scratch, result), cancel), width);
        }
        finally
        {
            foreach (var file in new[] { copy, script, result })
                File.Delete(Path.Combine(scratch, file));
        }
    }

    private static async Task<bool> IsFontAsync(string path, CancellationToken cancel)
    {
        var start = new byte[4];
        await using var file = File.OpenRead(path);
        var read = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancel);
        return read == start.Length
            && (start.AsSpan().SequenceEqual("OTTO"u8) || start.AsSpan().SequenceEqual("\0\u0001\0\0"u8)
                || start.AsSpan().SequenceEqual("true"u8));
    }

    private static string Filter(string font)
    {
        var text = new StringBuilder("format=gray");
        foreach (var (i, character) in Characters.Index())
        {
            int left = i % PerLine * Cell, top = i / PerLine * Rows;
            text.Append(
                CultureInfo.InvariantCulture,
                $",drawtext=fontfile={font}:fontsize=96:fontcolor=white:text='{character}'"
                + $":x={left + Cell / 2}-tw/2:y={top + Baseline}-max_glyph_a");
        }

        return text.ToString();
    }

    private static GlyphSheet Of(string font, byte[] pixels, int stride)
    {
        var glyphs = new Dictionary<char, Glyph>();
        foreach (var (i, character) in Characters.Index())
        {
            int left = i % PerLine * Cell, top = i / PerLine * Rows;
            var inked = Enumerable.Range(left, Cell).Where(x =>
                Enumerable.Range(top, Rows).Any(y => pixels[y * stride + x] > 32)).ToArray();
            if (inked.Length == 0)
                throw new DataFileException(font, $"the font has no '{character}'");
            glyphs[character] = Cut(pixels, stride, inked[0], top, inked[^1] + 1 - inked[0]);
        }

        var height = Enumerable.Range(0, Baseline).Count(y => glyphs['H'].Mean(0, y, glyphs['H'].Width, y + 1) > 0.1);
        return height > 20 ? new GlyphSheet(glyphs, height) : throw new DataFileException(font, "its H has no height");
    }

    private static Glyph Cut(byte[] pixels, int stride, int left, int top, int width)
    {
        var areas = new int[(Rows + 1) * (width + 1)];
        for (var y = 0; y < Rows; y++)
        {
            var row = 0;
            for (var x = 0; x < width; x++)
            {
                row += pixels[(top + y) * stride + left + x];
                areas[(y + 1) * (width + 1) + x + 1] = areas[y * (width + 1) + x + 1] + row;
            }
        }

        return new Glyph(width, areas);
    }
}
