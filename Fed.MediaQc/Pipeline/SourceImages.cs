using System.Collections.Concurrent;
using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline.Media;

namespace Fed.MediaQc.Pipeline;

/// <summary>The plan's images, each decoded once for each size in which a house wants it.</summary>
internal sealed class SourceImages(BuildPlan plan, string directory, Ffmpeg ffmpeg, string scratch)
{
    private readonly ConcurrentDictionary<(string Id, int Lines), Lazy<Task<GrayImage>>> images = new();

    /// <summary>Looks at every image that the build needs, before anything is made of any.</summary>
    /// <param name="jobs">Images decoded at the same time, at least 1.</param>
    /// <exception cref="DataFileException">Images are missing, damaged, blank or too small; all of them are
    /// named.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing.</exception>
    public async Task CheckAsync(int jobs, CancellationToken cancel)
    {
        var needed = plan.Houses.SelectMany(house => house.Sources.Select(id => (id, house.Lines)))
            .Concat(plan.Houses.SelectMany(house => plan.Test.Sources.Select(id => (id, house.Lines))))
            .Distinct().ToList();
        var problems = new ConcurrentDictionary<string, string>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancel };
        await Parallel.ForEachAsync(needed, parallel, async (image, stop) =>
        {
            try
            {
                await GetAsync(image.id, image.Lines, stop);
            }
            catch (DataFileException error)
            {
                problems[error.FilePath] = error.Reason;
            }
        });
        var all = problems.OrderBy(problem => problem.Key, StringComparer.Ordinal).ToList();
        if (all.Count > 0)
        {
            var others = all.Skip(1).Select(problem => $"; {problem.Key}: {problem.Value}");
            throw new DataFileException(all[0].Key, all[0].Value + string.Concat(others));
        }
    }

    /// <summary>An image with <paramref name="lines"/> on its short side, or its own size where that is
    /// smaller.</summary>
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
