using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

public sealed class DatasetBuilderTests(EarlierBuild earlier) : IClassFixture<EarlierBuild>, IDisposable
{
    private readonly TinyBuild build = new();

    [FfmpegFact]
    public async Task Run_TinyPlan_BuildsAFolderThatOpens_AndTheSameSeedBuildsTheSameBytes()
    {
        build.WritePictures();

        await earlier.CopyAsync(build.File("a"));
        await build.RunAsync("b", jobs: EarlierBuild.Jobs - 1);

        var sets = BuiltFolder.Require(build.File("a"), build.File("b"));
        Assert.Equal(6, sets.Count);
        var folder = DataFolder.Open(build.File("a"));
        var own = ParticipantFolder.Open(folder.Participants[0].Directory);
        Assert.Equal(folder.Task.Shape, own.Train.Shape);
        Assert.True(own.Train.Labels.Distinct().Count() >= 3, string.Join('\n', build.Lines));
        Assert.NotEqual(0, folder.Test("mpeg2").Count);
    }

    [FfmpegFact]
    public async Task Run_MissingSources_NamesAllOfThemAndLeavesNothing()
    {
        var error = await Assert.ThrowsAsync<DataFileException>(() => build.RunAsync("a"));

        foreach (var name in new[] { "x.pgm", "yy.pgm", "zzz.pgm" })
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(build.File("a")));
    }

    [FfmpegFact]
    public async Task Run_FailingAfterAnEarlierBuild_LeavesThatOneAsItWas()
    {
        build.WritePictures();
        await earlier.CopyAsync(build.File("a"));
        var before = Contents("a");
        var houses = build.Plan.Houses;
        var plan = build.Plan with { Houses = [houses[0], houses[1] with { Low = ["-preset nonsense"] }] };

        await Assert.ThrowsAsync<MediaToolException>(() => build.RunAsync("a", plan: plan));

        Assert.Equal(before, Contents("a"));
    }

    [FfmpegFact]
    public async Task Run_FewerHousesOverAnEarlierBuild_IsRefusedUnlessTold()
    {
        build.WritePictures();
        await earlier.CopyAsync(build.File("a"));
        File.WriteAllText(build.File("a/federation.json"), "{}");
        var plan = build.Plan with { Houses = [build.Plan.Houses[0]] };

        var error = await Assert.ThrowsAsync<DataFileException>(() => build.RunAsync("a", plan: plan));
        await build.RunAsync("a", plan: plan, replace: true);

        Assert.Contains("one, two", error.Message, StringComparison.Ordinal);
        Assert.Contains("--replace", error.Message, StringComparison.Ordinal);
        Assert.Equal(["one"], Directory.GetDirectories(build.File("a/participants")).Select(Path.GetFileName));
        Assert.Equal(["mpeg2.fqc"], Directory.GetFiles(build.File("a/test")).Select(Path.GetFileName));
        Assert.True(File.Exists(build.File("a/federation.json")));
        Assert.Equal(3, DataFolder.Open(build.File("a")).ReadAll().Count);
    }

    [FfmpegFact]
    public async Task Run_OneClassHardlyFound_WarnsByName()
    {
        build.WritePictures();
        var plan = build.Plan;
        plan = plan with { Houses = [plan.Houses[0] with { Faults = ["freeze:before:3"] }] };

        await build.RunAsync("a", plan: plan);

        Assert.Contains(build.Lines, line => line.StartsWith("warning: one train: ", StringComparison.Ordinal)
            && line.Contains("noise 0 of 2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ffmpeg_NotInstalled_SaysHowToInstallIt()
    {
        var ffmpeg = new Ffmpeg("no-such-program-here");

        var error = await Assert.ThrowsAsync<MediaToolException>(
            () => ffmpeg.RunAsync([], build.Directory, CancellationToken.None));

        Assert.Contains("apt-get install ffmpeg", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => build.Dispose();

    private List<(string, string)> Contents(string name) =>
    [
        .. Directory.GetFiles(build.File(name), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => (file, Convert.ToBase64String(File.ReadAllBytes(file)))),
    ];
}
