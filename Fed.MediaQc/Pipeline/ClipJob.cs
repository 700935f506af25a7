using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Pipeline;

/// <summary>One clip to make: a source, a camera move, a setting of the encoder, perhaps a fault.</summary>
/// <param name="Source">Identifier of the image.</param>
/// <param name="Lines">Picture lines of the working size.</param>
/// <param name="Seed">Seed of the camera move: clips with the same seed show the same scene.</param>
/// <param name="Encoder">ffmpeg's name of the encoder.</param>
/// <param name="Options">All options of this encode.</param>
/// <param name="Fault">The fault of the chain, or null.</param>
public sealed record ClipJob(
    string Source, int Lines, int Seed, string Encoder, string Options, ChainFault? Fault)
{
    /// <summary>Makes the clip, sends it through the chain and returns every patch that gets a label.</summary>
    public async Task<List<Candidate>> RunAsync(
        GrayImage image, ClipPlan plan, Ffmpeg ffmpeg, string scratch, CancellationToken cancel)
    {
        var move = new CameraMove(image, plan.Width, plan.Height, plan.Frames, new Random(Seed));
        var random = new Random(Seed + 1);
        var source = move.Record(plan.Frames);
        var sent = Fault is { AfterCoding: false } before ? FaultMaker.Apply(before, source, move, random) : source;
        var delivered =
            await sent.ThroughCodecAsync(ffmpeg, Encoders.Arguments(Encoder, Options), scratch, cancel);
        if (Fault is { AfterCoding: true } after)
            delivered = FaultMaker.Apply(after, delivered, move, random);
        return Candidates(source, delivered, plan);
    }

    private List<Candidate> Candidates(Clip source, Clip delivered, ClipPlan plan)
    {
        var found = new List<Candidate>();
        // The first frames of a clip are an encoder's best; a viewer sees them for an instant.
        for (var frame = 1; frame + PatchWindow.FrameCount <= plan.Frames; frame += PatchWindow.FrameCount)
        {
            for (var y = 0; y + PatchWindow.Pixels <= plan.Height; y += PatchWindow.Pixels)
            {
                for (var x = 0; x + PatchWindow.Pixels <= plan.Width; x += PatchWindow.Pixels)
                {
                    var window = new PatchWindow(frame, x, y);
                    var measures = PatchMeasures.Of(source, delivered, window);
                    var label = Fault is null ? Labeller.OfCoding(measures) : Labeller.OfFault(Fault, measures);
                    if (label is { } given)
                        found.Add(new Candidate(this, window, given, measures, window.CutBytes(delivered)));
                }
            }
        }

        return found;
    }
}

/// <summary>A labelled patch that may be taken into the set.</summary>
/// <param name="Job">The clip that it comes from.</param>
/// <param name="Window">Where it was cut.</param>
/// <param name="Label">Its label.</param>
/// <param name="Measures">What was measured.</param>
/// <param name="Pixels">Its pixels, frame after frame.</param>
public sealed record Candidate(
    ClipJob Job, PatchWindow Window, QcLabel Label, PatchMeasures Measures, byte[] Pixels);

/// <summary>Turns a plan into the clips that must be made.</summary>
public static class JobList
{
    /// <summary>The clips of one house: each take of each source in every setting and with every fault.</summary>
    /// <param name="house">The house.</param>
    /// <param name="takes">Camera moves a source, numbered from <paramref name="firstTake"/>.</param>
    /// <param name="firstTake">Number of the first camera move.</param>
    /// <param name="seed">Seed of the whole set.</param>
    public static IEnumerable<ClipJob> OfHouse(HousePlan house, int firstTake, int takes, int seed) =>
        from source in house.Sources.Index()
        from take in Enumerable.Range(firstTake, takes)
        from job in OfScene(house, house.Faults, source.Item, StableSeed.Of(seed, source.Item, take), source.Index + take)
        select job;

    /// <summary>The held-out clips of one codec: its houses take turns, each with all its settings.</summary>
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

        foreach (var setting in house.Good.Concat(house.Low))
            yield return Job(setting, null);
        // Half of the faults in each scene, by turns: enough patches for half the encodes.
        for (var i = turn % 2; i < faults.Length; i += 2)
            yield return Job(house.Good[(turn + i) / 2 % house.Good.Length], ChainFault.Parse(faults[i]));
    }
}
