using System.Globalization;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Pipeline;

/// <summary>
/// Builds the media-QC data folder: sources to scenes to encodes to regions. Nothing stands in the folder's place until
/// all of it is there.
/// </summary>
public sealed class DatasetBuilder(BuildPlan plan, BuildOptions options, Action<string> report)
{
    private readonly Ffmpeg ffmpeg = new();
    private MeasuresLog? log;

    /// <exception cref="DataFileException">A source is missing, damaged, blank or too small, gives far too little, or
    /// the folder holds another plan's data.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var scratch = Directory.CreateTempSubdirectory("fed-data-").FullName;
        try
        {
            var images = new SourceImages(plan, options.SourcesDirectory, ffmpeg, scratch);
            await images.CheckAsync(options.Jobs, cancel);
            var task = QcTask.Describe(plan);
            using var staged = StagedFolder.Open(
                options.OutputDirectory, task, options.Replace);
            using var measures = options.MeasuresFile is { } file ? new MeasuresLog(file) : null;
            log = measures;
            var build = new Build(images, staged.Directory, scratch);
            foreach (var house in plan.Houses)
                await BuildHouseAsync(house, build, cancel);
            foreach (var cluster in plan.Houses.Select(house => house.Cluster).Distinct())
                await BuildTestAsync(cluster, build, cancel);
            DataFolderWriter.Write(
                staged.Directory, task, QcTask.Model(task), QcProvenance.Of(plan, options.Seed));
            staged.Publish();
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <param name="Folder">Where the data folder is written.</param>
    /// <param name="Scratch">For temporary files.</param>
    private sealed record Build(SourceImages Images, string Folder, string Scratch);

    private async Task BuildHouseAsync(HousePlan house, Build build, CancellationToken cancel)
    {
        // Validation shows other camera moves than training, over the same content.
        var train = JobList.OfHouse(house, 0, plan.Clip.Takes, options.Seed);
        var validation = JobList.OfHouse(house, plan.Clip.Takes, 1, options.Seed);
        var folder = Path.Combine(build.Folder, "participants", house.Name);
        await PickAsync(house.Name + " train", train, house.Train, Path.Combine(folder, "train.fqc"), build, cancel);
        await PickAsync(
            house.Name + " validation", validation, house.Validation, Path.Combine(folder, "validation.fqc"), build,
            cancel);
    }

    private Task BuildTestAsync(string cluster, Build build, CancellationToken cancel)
    {
        var quota = QcClasses.Names.ToDictionary(name => name, _ => plan.Test.PerClass);
        var path = Path.Combine(build.Folder, "test", cluster + ".fqc");
        return PickAsync(
            "test " + cluster, JobList.OfTest(plan, cluster, options.Seed), quota, path, build, cancel);
    }

    private async Task PickAsync(
        string name, IEnumerable<ClipJob> jobs, Dictionary<string, int> quota, string path, Build build,
        CancellationToken cancel)
    {
        var list = jobs.ToList();
        var found = new List<Candidate>[list.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = cancel };
        await Parallel.ForAsync(0, list.Count, parallel, async (i, stop) =>
        {
            var image = await build.Images.GetAsync(list[i].Source, list[i].Lines, cancel);
            found[i] = await list[i].RunAsync(image, plan.Clip, ffmpeg, build.Scratch, stop);
        });
        var candidates = found.SelectMany(some => some).ToList();
        log?.Add(name, candidates);
        var random = new Random(StableSeed.Of(options.Seed, name));
        var set = CandidatePicker.ToSet(plan.Task, CandidatePicker.Pick(candidates, quota, random));
        FqcFile.Write(path, set);
        var counts = set.CountByClass();
        var text = QcClasses.Names.Select((c, i) => $"{c} {counts[i]}/{quota.GetValueOrDefault(c)}");
        report(
            $"{name}: {list.Count} clips, {candidates.Count} labelled, took {set.Count} ({string.Join(", ", text)})");
        if (Quota.Check(name, options.OutputDirectory, set, quota) is { } warning)
            report(warning);
    }
}

/// <summary>
/// Writes what was measured in each labelled region, as CSV, for whoever sets or checks the thresholds.
/// </summary>
internal sealed class MeasuresLog : IDisposable
{
    private readonly StreamWriter writer;

    public MeasuresLog(string path)
    {
        writer = new StreamWriter(path);
        writer.WriteLine(
            "set,source,scene,options,fault,class,severity,errorRms,sourceDetail,detailKept,blockExcess,blockRatio,"
            + "sourceRange,deliveredRange,sourceFlat,deliveredFlat,repeats,repeatedMotion,errorDetail,flicker");
    }

    public void Add(string set, IEnumerable<Candidate> candidates)
    {
        foreach (var c in candidates)
        {
            var m = c.Measures;
            var name = $"{set},{c.Job.Source},{c.Scene},{c.Job.Options},{c.Job.Fault?.Kind},{c.Label.Class},";
            writer.WriteLine(name + string.Create(
                CultureInfo.InvariantCulture,
                $"{c.Label.Severity},{m.ErrorRms:f3},{m.SourceDetail:f3},{m.DetailKept:f3},{m.BlockExcess:f3},"
                + $"{m.BlockRatio:f3},{m.SourceRange:f0},{m.DeliveredRange:f0},"
                + $"{m.SourceFlat:f3},{m.DeliveredFlat:f3},{m.Repeats},{m.RepeatedMotion:f3},"
                + $"{m.ErrorDetail:f3},{m.Flicker:f3}"));
        }
    }

    public void Dispose() => writer.Dispose();
}
