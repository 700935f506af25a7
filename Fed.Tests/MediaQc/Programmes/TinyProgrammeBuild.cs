using Fed.MediaQc.Cues;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Programmes;
using Fed.Tests.MediaQc.Cues;

namespace Fed.Tests.MediaQc.Programmes;

/// <summary>Two languages of one house each, of made recordings and pictures, built in seconds.</summary>
internal sealed class TinyProgrammeBuild : IDisposable
{
    private static readonly string[] s_pictures = ["p0", "p1", "p2", "p3", "held0", "held1"];

    private readonly TinySubtitleBuild _recordings = new();

    public TinyProgrammeBuild()
    {
        Plan = new ProgrammePlan(
            "tiny-programmes",
            _recordings.Plan.Languages,
            [.. s_pictures.Select(id => new SourceImageInfo(id, "none", id + ".pgm", "Ann Author", "CC0"))],
            [House("one", "xx", ["p0", "p1"], 1), House("two", "yy", ["p2", "p3"], 0.6)],
            ["held0", "held1"],
            Train: 14,
            Validation: 7,
            TestPerClass: 2,
            Utterances: 9,
            PerProgramme: 14,
            Seconds: 20);
        foreach (var (i, id) in s_pictures.Index())
            TinyBuild.WriteBlobs(PathOf(id + ".pgm"), i, 160, 120);
    }

    public List<string> Lines { get; } = [];

    public ProgrammePlan Plan { get; }

    public string PathOf(string name) => _recordings.PathOf(name);

    public Task RunAsync(string name, int jobs = 2, ProgrammePlan? plan = null, string? measures = null) =>
        new ProgrammeBuilder(
            plan ?? Plan, new BuildOptions(PathOf("."), PathOf(name), 7, jobs, measures), Lines.Add)
            .RunAsync(CancellationToken.None);

    public void Dispose() => _recordings.Dispose();

    public static EditHabits Edits(double cuts = 1, double dissolves = 0, double snap = 0) => new(
        cuts, [0.1, 0.2], 0.1, 0.1, [0.2, 0.4], 2, dissolves, snap, 0.05, 25, "mpeg2video", "-q:v 6 -g 12");

    private static ProgrammeHouse House(string name, string language, string[] pictures, double cuts) => new(
        name, language, "A test.", new CueHabits([0, 0.1], [0.1, 0.4], [0.3, 2], 0.2, 25), ["none"],
        Edits(cuts, snap: 0.5), pictures, StreamClasses.Names.ToDictionary(label => label, _ => 1.0));
}
