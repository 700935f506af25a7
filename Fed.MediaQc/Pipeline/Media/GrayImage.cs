using System.Globalization;
using System.Text;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Pipeline.Media;

/// <summary>A luma picture.</summary>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Row-major.</param>
public sealed record GrayImage(int Width, int Height, byte[] Pixels)
{
    /// <summary>
    /// Decodes any image that ffmpeg reads and scales its short side to <paramref name="lines"/>, never up.
    /// </summary>
    public static async Task<GrayImage> LoadAsync(
        Ffmpeg ffmpeg, string path, int lines, string scratch, CancellationToken cancel)
    {
        if (!File.Exists(path))
            throw new DataFileException(path, "the source image is missing; install its package or give --sources");
        var target = Path.Combine(scratch, Guid.NewGuid().ToString("n") + ".pgm");
        var scale = $"scale='if(gt(iw,ih),-2,min({lines},iw))':'if(gt(iw,ih),min({lines},ih),-2)':flags=lanczos+bitexact";
        await ffmpeg.RunAsync(
            ["-threads", "1", "-i", path, "-frames:v", "1", "-vf", scale, "-pix_fmt", "gray", "-c:v", "pgm",
                "-f", "image2", target],
            cancel);
        var bytes = await File.ReadAllBytesAsync(target, cancel);
        File.Delete(target);
        return ParsePgm(path, bytes);
    }

    private static GrayImage ParsePgm(string path, byte[] bytes)
    {
        var at = 0;
        string Word()
        {
            var word = new StringBuilder();
            while (at < bytes.Length && !char.IsWhiteSpace((char)bytes[at]))
                word.Append((char)bytes[at++]);
            at++;
            return word.ToString();
        }

        var magic = Word();
        var width = int.Parse(Word(), CultureInfo.InvariantCulture);
        var height = int.Parse(Word(), CultureInfo.InvariantCulture);
        var depth = Word();
        if (magic != "P5" || depth != "255" || bytes.Length - at != width * height)
            throw new DataFileException(path, "ffmpeg did not make an 8-bit picture of it");
        return new GrayImage(width, height, bytes[at..]);
    }

    /// <summary>Catmull-Rom interpolation at a point; beyond the border the nearest pixel counts.</summary>
    public double Sample(double x, double y)
    {
        int column = (int)Math.Floor(x), row = (int)Math.Floor(y);
        Span<double> across = stackalloc double[4];
        Span<double> down = stackalloc double[4];
        Weights(x - column, across);
        Weights(y - row, down);
        double sum = 0;
        for (var j = 0; j < 4; j++)
        {
            var line = Math.Clamp(row + j - 1, 0, Height - 1) * Width;
            double part = 0;
            for (var i = 0; i < 4; i++)
                part += across[i] * Pixels[line + Math.Clamp(column + i - 1, 0, Width - 1)];
            sum += down[j] * part;
        }

        return sum;
    }

    private static void Weights(double t, Span<double> w)
    {
        w[0] = ((-0.5 * t + 1) * t - 0.5) * t;
        w[1] = (1.5 * t - 2.5) * t * t + 1;
        w[2] = ((-1.5 * t + 2) * t + 0.5) * t;
        w[3] = (0.5 * t - 0.5) * t * t;
    }
}
