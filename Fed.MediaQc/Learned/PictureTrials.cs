using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Learned;

/// <summary>What a share as the limit of a class comes to.</summary>
/// <param name="FalseAlarms">Scenes without a fault in which it is found.</param>
/// <param name="CleanHours">Of all scenes without a fault.</param>
/// <param name="Faults">Scenes in which measurement finds the fault in three of ten places.</param>
/// <param name="Found">Of these: it is found there.</param>
public sealed record PictureFigure(
    string Class, PictureLimit Limit, int FalseAlarms, double CleanHours, int Faults, int Found)
{
    public double FalseAlarmsAnHour => FalseAlarms / CleanHours;

    public double Recall => (double)Found / Faults;
}

/// <summary>
/// Scenes of three seconds of which it is known what is wrong with them, as a scan sees them: each source at a good and
/// at a starved setting of a house, and with three faults of its chain.
/// </summary>
public sealed class PictureTrials
{
    /// <summary>An hour, of one class: more are refused.</summary>
    public const double MostFalseAlarms = 4;

    /// <summary>Share of the faults that is to be found, where it can be.</summary>
    public const double WantedRecall = 0.9;

    /// <summary>Of the places, in which measurement must find a fault.</summary>
    private const double LeastShare = 0.3;

    private const double Rate = 25;

    private const int FaultsEach = 3;

    private static readonly ClipPlan s_clip = new(384, 256, 75, 1, 1);

    private static readonly double[] s_grid = [0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 0.9];

    private readonly List<(bool IsClean, Dictionary<string, double> Shares, IReadOnlyList<TimedLook> Looks)> _trials = [];

    private double CleanHours => _trials.Count(trial => trial.IsClean) * s_clip.Frames / Rate / 3600;

    /// <summary>Shows a model all of them.</summary>
    /// <param name="sources">Directory below which the images lie.</param>
    /// <param name="heldOut">The held-out images, else each house its own.</param>
    /// <param name="scenes">Of each house, at most.</param>
    /// <exception cref="Files.DataFileException">Images are missing or damaged.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed.</exception>
    public static async Task<PictureTrials> RunAsync(
        LearnedModel model, string sources, bool heldOut, int scenes, int seed, CancellationToken cancel)
    {
        var plan = BuildPlan.Default();
        var folder = Directory.CreateTempSubdirectory("fed-trials-").FullName;
        try
        {
            var ffmpeg = new Ffmpeg();
            var images = new SourceImages(plan, sources, ffmpeg, folder);
            var trials = new PictureTrials();
            foreach (var (turn, house) in plan.Houses.Index())
            {
                for (var i = 0; i < scenes; i++)
                {
                    var from = heldOut ? plan.Test.Sources : house.Sources;
                    var source = from[(turn * scenes + i) % from.Length];
                    var image = await images.GetAsync(source, house.Lines, cancel);
                    var scene = StableSeed.Of(seed, source, house.Name, i);
                    foreach (var (at, job) in Jobs(house, plan.Test.Faults, source, scene, turn + i).Index())
                        await trials.AddAsync(job, isGood: at == 0, image, model, ffmpeg, folder, cancel);
                }
            }

            return trials;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>For each fault the highest share that still finds nine in ten of them; where there are too many false
    /// alarms then, or none finds so many, the lowest one with few enough, else the highest of all.</summary>
    /// <param name="limits">Seconds of each class.</param>
    public IReadOnlyList<PictureFigure> Choose(IReadOnlyDictionary<string, PictureLimit> limits) =>
    [
        .. PictureChecks.All.Select(check =>
        {
            var all = s_grid.Select(share => Try(check.Class, limits[QcClasses.Names[check.Class]] with { Share = share }))
                .ToList();
            return all.LastOrDefault(each => each.Recall >= WantedRecall && each.FalseAlarmsAnHour <= MostFalseAlarms)
                ?? all.Find(each => each.FalseAlarmsAnHour <= MostFalseAlarms) ?? all[^1];
        }),
    ];

    /// <summary>What these limits come to.</summary>
    public IReadOnlyList<PictureFigure> Judge(IReadOnlyDictionary<string, PictureLimit> limits) =>
        [.. PictureChecks.All.Select(check => Try(check.Class, limits[QcClasses.Names[check.Class]]))];

    private PictureFigure Try(int fault, PictureLimit limit)
    {
        var (name, alarms, faults, found) = (QcClasses.Names[fault], 0, 0, 0);
        foreach (var (isClean, shares, looks) in _trials)
        {
            var isFound = PictureChecks.Stretches(looks, fault, limit).Any();
            alarms += isClean && isFound ? 1 : 0;
            if (shares.GetValueOrDefault(name) < LeastShare)
                continue;
            faults++;
            found += isFound ? 1 : 0;
        }

        return new PictureFigure(name, limit, alarms, CleanHours, faults, found);
    }

    // The first one is good.
    private static IEnumerable<ClipJob> Jobs(HousePlan house, string[] faults, string source, int scene, int turn)
    {
        ClipJob Job(string setting, ChainFault? fault) =>
            new(source, house.Lines, scene, house.Encoder, $"{house.Options} {setting}", fault);

        var good = house.Good[turn % house.Good.Length];
        yield return Job(good, null);
        yield return Job(house.Low[turn % house.Low.Length], null);
        for (var i = 0; i < FaultsEach; i++)
            yield return Job(good, ChainFault.Parse(faults[(turn * FaultsEach + i) % faults.Length]));
    }

    private async Task AddAsync(
        ClipJob job,
        bool isGood,
        GrayImage image,
        LearnedModel model,
        Ffmpeg ffmpeg,
        string folder,
        CancellationToken cancel)
    {
        var (_, source, delivered) = await job.DeliverAsync(image, s_clip, ffmpeg, folder, cancel);
        var looks = new PictureLooks(model, s_clip.Width, s_clip.Height);
        var (luma, shares) = (new MemoryStream(), new Dictionary<string, double>());
        for (var t = 0; t < delivered.Frames.Length; t++)
        {
            foreach (var (x, y) in looks.Places)
            {
                for (var row = 0; row < Region.Side; row++)
                    luma.Write(delivered.Frames[t], (y + row) * delivered.Width + x, Region.Side);
            }
        }

        // The second second: neither an encoder's beginning nor its end.
        foreach (var (x, y) in looks.Places)
        {
            var measures = RegionMeasures.Of(
                Region.Cut(source, Region.Frames, x, y), Region.Cut(delivered, Region.Frames, x, y));
            if (job.Label(measures) is { } label)
                shares[label.Class] = shares.GetValueOrDefault(label.Class) + 1.0 / looks.Places.Count;
        }

        luma.Position = 0;
        await looks.ReadAsync(luma, cancel);
        var isClean = isGood && shares.Keys.All(name => name == QcClasses.Clean);
        _trials.Add((isClean, shares,
        [
            .. looks.All.Select((look, i) => new TimedLook(
                i * PictureLooks.Hop / Rate, (i * PictureLooks.Hop + Region.Frames) / Rate, look)),
        ]));
    }
}
