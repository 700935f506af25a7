using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Pipeline;

/// <summary>One clip to make: a source, a camera move, a setting of the encoder, perhaps a fault.</summary>
/// <param name="Source">Identifier of the image.</param>
/// <param name="Lines">Picture lines of the working size.</param>
/// <param name="Seed">Seed of the scene: clips with the same seed show the same scene.</param>
/// <param name="Encoder">ffmpeg's name of the encoder.</param>
/// <param name="Options">All options of this encode.</param>
/// <param name="Fault">The fault of the chain, or null.</param>
public sealed record ClipJob(
    string Source, int Lines, int Seed, string Encoder, string Options, ChainFault? Fault)
{
    /// <summary>Makes the clip, sends it through the chain and returns every region that gets a label.</summary>
    public async Task<List<Candidate>> RunAsync(
        GrayImage image, ClipPlan plan, Ffmpeg ffmpeg, string scratch, CancellationToken cancel)
    {
        var (kind, source, delivered) = await DeliverAsync(image, plan, ffmpeg, scratch, cancel);
        return Candidates(kind, source, delivered, plan);
    }

    /// <summary>Makes the clip and sends it through the chain.</summary>
    /// <returns>What it shows, as it was, and as it comes out.</returns>
    internal async Task<(SceneKind Kind, Clip Source, Clip Delivered)> DeliverAsync(
        GrayImage image, ClipPlan plan, Ffmpeg ffmpeg, string scratch, CancellationToken cancel)
    {
        var scene = new Scene(image, plan.Width, plan.Height, plan.Frames, Seed);
        var random = new Random(StableSeed.Of(Seed, Fault?.ToString() ?? ""));
        var source = scene.Record();
        var sent = Fault is { AfterCoding: false } before ? FaultMaker.Apply(before, source, scene, random) : source;
        var delivered =
            await sent.ThroughCodecAsync(ffmpeg, Encoders.Arguments(Encoder, Options), scratch, cancel);
        if (Fault is { AfterCoding: true } after)
            delivered = FaultMaker.Apply(after, delivered, scene, random);
        return (scene.Kind, source, delivered);
    }

    private List<Candidate> Candidates(SceneKind kind, Clip source, Clip delivered, ClipPlan plan)
    {
        var found = new List<Candidate>();
        var features = new RegionFeatures();
        // The first frame of a clip is an encoder's best; a viewer sees it for an instant.
        for (var frame = 1; frame + Region.Frames <= plan.Frames; frame += Region.Frames)
        {
            for (var y = 0; y + Region.Side <= plan.Height; y += Region.Side / 2)
            {
                for (var x = 0; x + Region.Side <= plan.Width; x += Region.Side / 2)
                {
                    var region = Region.Cut(delivered, frame, x, y);
                    var measures = RegionMeasures.Of(Region.Cut(source, frame, x, y), region);
                    if (Label(measures) is not { } label)
                        continue;
                    var maps = new byte[RegionFeatures.Length];
                    features.Extract(region, maps);
                    found.Add(new Candidate(this, kind, label, measures, maps));
                }
            }
        }

        return found;
    }

    /// <summary>Of a region of which this was measured; null: none.</summary>
    internal QcLabel? Label(RegionMeasures measures) =>
        Fault is null ? Labeller.OfCoding(measures) : Labeller.OfFault(Fault, measures);
}

/// <summary>A labelled region that may be taken into the set.</summary>
/// <param name="Job">The clip that it comes from.</param>
/// <param name="Scene">What the clip shows.</param>
/// <param name="Measures">What was measured.</param>
/// <param name="Maps">See <see cref="RegionFeatures"/>.</param>
public sealed record Candidate(
    ClipJob Job, SceneKind Scene, QcLabel Label, RegionMeasures Measures, byte[] Maps);

/// <summary>Turns a plan into the clips that must be made.</summary>
public static class JobList
{
    private const int Turns = 5;

    /// <summary>The clips of one house: each take of each source, good settings and faults by turns.</summary>
    /// <param name="house">The house.</param>
    /// <param name="takes">Camera moves a source, numbered from <paramref name="firstTake"/>.</param>
    /// <param name="firstTake">Number of the first camera move.</param>
    /// <param name="seed">Seed of the whole set.</param>
    public static IEnumerable<ClipJob> OfHouse(HousePlan house, int firstTake, int takes, int seed) =>
        from source in house.Sources.Index()
        from take in Enumerable.Range(firstTake, takes)
        from job in OfScene(house, house.Faults, source.Item, StableSeed.Of(seed, source.Item, take), source.Index + take)
        select job;

    /// <summary>The held-out clips of one codec: its houses take turns.</summary>
    public static IEnumerable<ClipJob> OfTest(BuildPlan plan, string cluster, int seed)
    {
        var houses = plan.Houses.Where(house => house.Cluster == cluster).ToList();
        for (var i = 0; i < plan.Test.Sources.Length; i++)
        {
            for (var take = 0; take < plan.Clip.TestTakes; take++)
            {
                var house = houses[(i + take) % houses.Count];
                var scene = StableSeed.Of(seed, plan.Test.Sources[i], take);
                foreach (var job in OfScene(house, plan.Test.Faults, plan.Test.Sources[i], scene, i + take))
                    yield return job;
            }
        }
    }

    private static IEnumerable<ClipJob> OfScene(
        HousePlan house, string[] faults, string source, int scene, int turn)
    {
        ClipJob Job(string setting, ChainFault? fault) =>
            new(source, house.Lines, scene, house.Encoder, $"{house.Options} {setting}", fault);

        yield return Job(house.Good[turn % house.Good.Length], null);
        foreach (var setting in house.Low)
            yield return Job(setting, null);
        // A fifth of the faults in each scene, by turns: rather more scenes than more faults of one.
        for (var i = turn % Math.Max(1, Math.Min(Turns, faults.Length)); i < faults.Length; i += Turns)
            yield return Job(house.Good[(turn + i) / Turns % house.Good.Length], ChainFault.Parse(faults[i]));
    }
}
