using System.Collections.Concurrent;
using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline.Labels;
using Fed.MediaQc.Pipeline.Media;

namespace Fed.MediaQc.Pipeline;

/// <summary>Options of one build.</summary>
/// <param name="SourcesDirectory">Root below which the plan's paths lie.</param>
/// <param name="OutputDirectory">Where the data folder is written.</param>
/// <param name="Seed">Every random choice follows from it.</param>
/// <param name="Jobs">Clips made at the same time, at least 1; the result does not depend on it.</param>
/// <param name="MeasuresFile">CSV file for the measures of all candidates, or null.</param>
public sealed record BuildOptions(
    string SourcesDirectory, string OutputDirectory, int Seed, int Jobs, string? MeasuresFile = null);

/// <summary>Builds the media-QC data folder: sources to clips to encodes to patches.</summary>
public sealed class DatasetBuilder(BuildPlan plan, BuildOptions options, Action<string> report)
{
    private readonly Ffmpeg ffmpeg = new();
    private readonly ConcurrentDictionary<(string Id, int Lines), Lazy<Task<GrayImage>>> images = new();
    private MeasuresLog? log;

    /// <exception cref="DataFileException">A source is missing or unreadable.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var scratch = Directory.CreateTempSubdirectory("fed-data-").FullName;
        log = options.MeasuresFile is { } file ? new MeasuresLog(file) : null;
        try
        {
            foreach (var house in plan.Houses)
                await BuildHouseAsync(house, scratch, cancel);
            foreach (var cluster in plan.Houses.Select(house => house.Cluster).Distinct())
                await BuildTestAsync(cluster, scratch, cancel);
            DataFolderWriter.Write(plan, options);
        }
        finally
        {
            log?.Dispose();
            Directory.Delete(scratch, recursive: true);
        }
    }

    private async Task BuildHouseAsync(HousePlan house, string scratch, CancellationToken cancel)
    {
        // Validation shows other camera moves than training, over the same content.
        var train = JobList.OfHouse(house, 0, plan.Clip.Takes, options.Seed);
        var validation = JobList.OfHouse(house, plan.Clip.Takes, 1, options.Seed);
        var folder = Path.Combine(options.OutputDirectory, "participants", house.Name);
        await PickAsync(house.Name + " train", train, house.Train, Path.Combine(folder, "train.fqc"), scratch, cancel);
        await PickAsync(
            house.Name + " validation", validation, house.Validation, Path.Combine(folder, "validation.fqc"), scratch,
            cancel);
    }

    private Task BuildTestAsync(string cluster, string scratch, CancellationToken cancel)
    {
        var quota = QcClasses.Names.ToDictionary(name => name, _ => plan.Test.PerClass);
        var path = Path.Combine(options.OutputDirectory, "test", cluster + ".fqc");
        return PickAsync(
            "test " + cluster, JobList.OfTest(plan, cluster, options.Seed), quota, path, scratch, cancel);
    }

    private async Task PickAsync(
        string name, IEnumerable<ClipJob> jobs, Dictionary<string, int> quota, string path, string scratch,
        CancellationToken cancel)
    {
        var list = jobs.ToList();
        var found = new List<Candidate>[list.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = cancel };
        await Parallel.ForAsync(0, list.Count, parallel, async (i, stop) =>
        {
            var image = await ImageAsync(list[i], scratch, cancel);
            found[i] = await list[i].RunAsync(image, plan.Clip, ffmpeg, scratch, stop);
        });
        var candidates = found.SelectMany(some => some).ToList();
        log?.Add(name, candidates);
        var random = new Random(JobList.StableSeed(options.Seed, name));
        var set = CandidatePicker.ToSet(plan.Task, CandidatePicker.Pick(candidates, quota, random));
        FqcFile.Write(path, set);
        var counts = set.CountByClass();
        var text = QcClasses.Names.Select((c, i) => $"{c} {counts[i]}/{quota.GetValueOrDefault(c)}");
        report($"{name}: {list.Count} clips, {candidates.Count} labelled, took {set.Count} ({string.Join(", ", text)})");
    }

    private Task<GrayImage> ImageAsync(ClipJob job, string scratch, CancellationToken cancel)
    {
        var info = plan.Sources.First(source => source.Id == job.Source);
        var path = Path.Combine(options.SourcesDirectory, info.Path);
        return images.GetOrAdd(
            (job.Source, job.Lines),
            _ => new Lazy<Task<GrayImage>>(() => GrayImage.LoadAsync(ffmpeg, path, job.Lines, scratch, cancel))).Value;
    }
}
