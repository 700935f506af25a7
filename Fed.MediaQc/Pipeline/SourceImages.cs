using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Pipeline;

/// <summary>The plan's images, each decoded once for each size in which a house wants it.</summary>
internal sealed class SourceImages(BuildPlan plan, string directory, Ffmpeg ffmpeg, string scratch)
{
    private readonly ConcurrentDictionary<(string Id, int Lines), Lazy<Task<GrayImage>>> images = new();

    /// <summary>Looks at every image that the build needs, before anything is made of any.</summary>
    /// <param name="jobs">Images decoded at the same time, at least 1.</param>
    /// <exception cref="DataFileException">Images are missing, damaged, blank or too small; ten are
    /// named.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing.</exception>
    public async Task CheckAsync(int jobs, CancellationToken cancel)
    {
        var needed = plan.Houses.SelectMany(house => house.Sources.Select(id => (id, house.Lines)))
            .Concat(plan.Houses.SelectMany(house => plan.Test.Sources.Select(id => (id, house.Lines))))
            .Distinct().ToList();
        var problems = new ConcurrentDictionary<string, DataFileException>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancel };
        await Parallel.ForEachAsync(needed, parallel, async (image, stop) =>
        {
            try
            {
                await GetAsync(image.id, image.Lines, stop);
            }
            catch (DataFileException error)
            {
                problems[error.FilePath] = error;
            }
        });
        if (!problems.IsEmpty)
        {
            throw DataFileException.Of(
                [.. problems.OrderBy(problem => problem.Key, StringComparer.Ordinal).Select(problem => problem.Value)]);
        }
    }

    /// <summary>
    /// An image with <paramref name="lines"/> on its short side, or its own size where that is smaller.
    /// </summary>
    /// <exception cref="DataFileException">It is missing, damaged, blank, or smaller than a clip.</exception>
    public Task<GrayImage> GetAsync(string id, int lines, CancellationToken cancel) => images.GetOrAdd(
        (id, lines), key => new Lazy<Task<GrayImage>>(() => LoadAsync(key.Id, key.Lines, cancel))).Value;

    private async Task<GrayImage> LoadAsync(string id, int lines, CancellationToken cancel)
    {
        var path = Path.Combine(directory, plan.Sources.First(source => source.Id == id).Path);
        var image = await GrayImage.LoadAsync(ffmpeg, path, lines, scratch, cancel);
        // Beyond its border a picture is only its last row or column again.
        return image.Width >= plan.Clip.Width && image.Height >= plan.Clip.Height
            ? image
            : throw new DataFileException(
                path,
                $"the picture is {image.Width}x{image.Height} at {lines} lines, smaller than the plan's clips of "
                + $"{plan.Clip.Width}x{plan.Clip.Height}; use a larger picture, or smaller clips");
    }
}

/// <summary>A luma picture.</summary>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Row-major.</param>
public sealed record GrayImage(int Width, int Height, byte[] Pixels)
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    /// <summary>
    /// Levels between the darkest and the brightest pixel below which there is no picture to speak of.
    /// </summary>
    private const int LeastRange = 16;

    /// <summary>
    /// Decodes any image that ffmpeg reads and scales its short side to <paramref name="lines"/>, never up.
    /// </summary>
    /// <param name="path">The image itself, whatever its name: <c>pat%03d.png</c> is no pattern here.</param>
    /// <param name="scratch">An existing folder for temporary files.</param>
    /// <exception cref="DataFileException">The image is missing, damaged (also where ffmpeg makes something of it), or
    /// of one shade.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing.</exception>
    public static async Task<GrayImage> LoadAsync(
        Ffmpeg ffmpeg, string path, int lines, string scratch, CancellationToken cancel)
    {
        if (!File.Exists(path))
            throw new DataFileException(path, "the source image is missing; install its package or give --sources");
        var name = Guid.NewGuid().ToString("n");
        string copy = name + Extension(path), result = name + "-gray.pgm";
        try
        {
            // ffmpeg would read a pattern in the image's own name, or a protocol: it sees a copy that we have named.
            File.Copy(path, Path.Combine(scratch, copy));
            var scale =
                $"scale='if(gt(iw,ih),-2,min({lines},iw))':'if(gt(iw,ih),min({lines},ih),-2)':flags=lanczos+bitexact";
            var (code, complaints) = await ffmpeg.TryAsync(
                ["-threads", "1", "-i", copy, "-frames:v", "1", "-vf", scale, "-pix_fmt", "gray", "-c:v", "pgm",
                    "-f", "image2pipe", result],
                scratch,
                cancel);
            if (code != 0 || complaints.Length > 0)
            {
                var said = complaints.Replace(copy, Path.GetFileName(path), StringComparison.Ordinal);
                throw new DataFileException(path, $"ffmpeg finds the picture damaged: {said}; restore the file");
            }

            var image = ParsePgm(path, await File.ReadAllBytesAsync(Path.Combine(scratch, result), cancel));
            return image.Pixels.Max() - image.Pixels.Min() >= LeastRange
                ? image
                : throw new DataFileException(
                    path,
                    $"the picture is blank: all its pixels are within {LeastRange} of 256 levels; use another one");
        }
        catch (Exception error) when (error is UnauthorizedAccessException
            or (IOException and not DataFileException))
        {
            throw new DataFileException(path, $"the source image cannot be read ({error.Message})", error);
        }
        finally
        {
            File.Delete(Path.Combine(scratch, copy));
            File.Delete(Path.Combine(scratch, result));
        }
    }

    /// <summary>Of a name, if it is a plain one: ffmpeg tells some formats by it.</summary>
    private static string Extension(string path)
    {
        var extension = Path.GetExtension(path);
        return extension.Length > 1 && extension.AsSpan(1).IndexOfAnyExcept(Plain) < 0 ? extension : "";
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
