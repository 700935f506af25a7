using System.Globalization;
using System.Text;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Pipeline.Labels;
using Fed.MediaQc.Pipeline.Media;

namespace Fed.Tests.MediaQc;

public sealed class DatasetBuilderTests : IDisposable
{
    private readonly Scratch scratch = new();

    [FfmpegFact]
    public async Task Run_TinyPlan_BuildsAFolderThatOpens_AndTheSameSeedBuildsTheSameBytes()
    {
        var plan = TinyPlan();
        foreach (var source in plan.Sources)
            WritePicture(source.Path, seed: source.Id.Length);
        var lines = new List<string>();

        await Build(plan, "a", jobs: 2, lines.Add);
        await Build(plan, "b", jobs: 1, _ => { });

        var folder = DataFolder.Open(scratch.File("a"));
        var own = ParticipantFolder.Open(folder.Participants[0].Directory);
        Assert.Equal(folder.Task.Shape, own.Train.Shape);
        Assert.True(own.Train.Labels.Distinct().Count() >= 3, string.Join('\n', lines));
        Assert.NotEqual(0, folder.Test("mpeg2").Count);
        foreach (var file in new[] { "participants/one/train.fqc", "test/mpeg2.fqc", "test/h264.fqc", "task.json" })
            Assert.Equal(File.ReadAllBytes(scratch.File("a/" + file)), File.ReadAllBytes(scratch.File("b/" + file)));
        Assert.Contains("Ann Author", File.ReadAllText(scratch.File("a/PROVENANCE.md")), StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task Run_MissingSource_IsRefusedByName()
    {
        var error = await Assert.ThrowsAsync<DataFileException>(() => Build(TinyPlan(), "a", jobs: 1, _ => { }));

        Assert.Contains("pgm", error.FilePath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ffmpeg_NotInstalled_SaysHowToInstallIt()
    {
        var ffmpeg = new Ffmpeg("no-such-program-here");

        var error = await Assert.ThrowsAsync<MediaToolException>(() => ffmpeg.RunAsync([], CancellationToken.None));

        Assert.Contains("apt-get install ffmpeg", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => scratch.Dispose();

    private Task Build(BuildPlan plan, string name, int jobs, Action<string> report) =>
        new DatasetBuilder(plan, new BuildOptions(scratch.Directory, scratch.File(name), 7, jobs), report)
            .RunAsync(CancellationToken.None);

    private static BuildPlan TinyPlan()
    {
        var quota = QcClasses.Names.ToDictionary(name => name, _ => 4);
        HousePlan House(string name, string cluster, string encoder, string good, string low, string source) => new(
            name, cluster, "A test.", 240, encoder, "-g 6", [good], [low], ["freeze:before:3", "noise:after:8"], [source],
            quota, quota);
        return new BuildPlan(
            "tiny",
            new ClipPlan(128, 96, 7, 1, 1),
            [.. new[] { "x", "yy", "zzz" }.Select(id => new SourceImageInfo(id, "none", id + ".pgm", "Ann Author", "CC0"))],
            [
                House("one", "mpeg2", "mpeg2video", "-q:v 2", "-q:v 31", "x"),
                House("two", "h264", "libx264", "-crf 14", "-crf 46", "yy"),
            ],
            new TestPlan(["zzz"], 4, ["freeze:before:3", "noise:after:8"]));
    }

    // Blobs of several sizes, so that there is detail to lose and movement to see.
    private void WritePicture(string name, int seed)
    {
        const int width = 320, height = 240;
        var random = new Random(seed);
        var pixels = new byte[width * height];
        for (var blob = 0; blob < 900; blob++)
        {
            int x = random.Next(width), y = random.Next(height), side = random.Next(2, 14), level = random.Next(256);
            for (var i = 0; i < side * side; i++)
                pixels[(y + i / side) % height * width + (x + i % side) % width] = (byte)level;
        }

        var header = string.Create(CultureInfo.InvariantCulture, $"P5\n{width} {height}\n255\n");
        File.WriteAllBytes(scratch.File(name), [.. Encoding.ASCII.GetBytes(header), .. pixels]);
    }
}
