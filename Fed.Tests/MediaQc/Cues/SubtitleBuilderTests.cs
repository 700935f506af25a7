using Fed.MediaQc.Cues;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;

namespace Fed.Tests.MediaQc.Cues;

public sealed class SubtitleBuilderTests : IDisposable
{
    private readonly TinySubtitleBuild _build = new();

    public void Dispose() => _build.Dispose();

    [Fact]
    public async Task Run_TinyPlan_WritesWhatIsWanted_TheSameBytesHoweverManyJobs()
    {
        await _build.RunAsync("out", jobs: 1);
        await _build.RunAsync("again", jobs: 3);

        var sets = BuiltFolder.Require(_build.PathOf("out"), _build.PathOf("again"));
        Assert.Equal(6, sets.Count);
        Assert.All(
            sets.Where(one => one.File.EndsWith("train.fqc", StringComparison.Ordinal)),
            one => Assert.Equal([5, 5, 5, 5, 5], one.Patches.CountByClass()));
        Assert.All(sets.Where(BuiltFolder.IsTest), one => Assert.Equal([3, 3, 3, 3, 3], one.Patches.CountByClass()));
        Assert.Contains(_build.Lines, line => line == "xx: 28 utterances; left out: 1 no speech");
    }

    [Fact]
    public async Task Run_PackageThatIsMissing_NamesItAndHowToInstallIt()
    {
        Directory.Delete(_build.PathOf("sounds/yy"), recursive: true);

        var error = await Assert.ThrowsAsync<DataFileException>(() => _build.RunAsync("out"));

        Assert.Contains("apt-get install sounds-of-yy", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_build.PathOf("out")));
    }

    [Fact]
    public async Task Run_MeasuresWanted_IsRefused()
    {
        var options = new BuildOptions(_build.PathOf("."), _build.PathOf("out"), 1, 1, MeasuresFile: "m.csv");

        var error = await Assert.ThrowsAsync<ArgumentException>(() =>
            new SubtitleBuilder(_build.Plan, options, _build.Lines.Add).RunAsync(CancellationToken.None));

        Assert.Contains("--measures m.csv", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SilentRecording_IsNamed()
    {
        _build.Record(_build.Plan.Languages[0], "a03", 2, gain: 0.001);

        var error = await Assert.ThrowsAsync<DataFileException>(() => _build.RunAsync("out"));

        Assert.EndsWith("a03.wav", error.FilePath, StringComparison.Ordinal);
        Assert.Contains("silent", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RecordingsWithoutTranscript_AreCounted_AndTooFewRefused()
    {
        var texts = _build.PathOf("xx.txt");
        File.WriteAllLines(texts, File.ReadAllLines(texts).Take(15));

        var error = await Assert.ThrowsAsync<DataFileException>(() => _build.RunAsync("out"));

        Assert.Contains("14 utterances can be used; 2 parts need 12 each", error.Reason, StringComparison.Ordinal);
        Assert.Contains("15 no transcript", error.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 8000, "2 channels")]
    [InlineData(1, 16000, "16000 Hz")]
    public async Task Run_RecordingOfAnotherKind_IsNamed(short channels, int rate, string expected)
    {
        File.WriteAllBytes(_build.PathOf("sounds/xx/a05.wav"), SyntheticSpeech.Wav(new float[8000], channels, rate));

        var error = await Assert.ThrowsAsync<DataFileException>(() => _build.RunAsync("out"));

        Assert.Contains(expected, error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TruncatedRecording_IsNamed()
    {
        var path = _build.PathOf("sounds/xx/a05.wav");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);

        var error = await Assert.ThrowsAsync<DataFileException>(() => _build.RunAsync("out"));

        Assert.Equal(path, error.FilePath);
        Assert.StartsWith("the recording is damaged", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Trials_OnHeldOutRecordings_KnowTheTruth()
    {
        var trials = SyncTrials.Run(
            _build.Plan,
            _build.PathOf("."),
            language => Enumerable.Range(0, 14).Select(i => $"{language}/a{i:d2}").ToHashSet(),
            4,
            1,
            new SyncEstimator(new EdgeScorer(), 2)).ToList();

        Assert.Equal(8, trials.Count);
        Assert.Equal(2, trials.Count(trial => trial.Truth is null));
        Assert.Equal(2, trials.Count(trial => trial.Truth == CueTiming.None));
        Assert.All(trials, trial => Assert.Equal(
            trial.Truth is { } truth && trial.Found.Timing != truth, trial.Error > 0));
    }

    [Fact]
    public void Plan_WithManyFaults_NamesAllOfThem()
    {
        var house = _build.Plan.Houses[0] with
        {
            Language = "zz",
            Beds = ["waves:3"],
            Habits = new CueHabits([0.2, 0.1], [0, 5], [0, 1], 2, 25),
            Faults = new() { ["odd"] = 1 },
        };

        var problems = string.Join("; ", (_build.Plan with { Houses = [house], Utterances = 2 }).Problems());

        string[] parts =
        [
            "utterances is 2", "'xx' has no house", "'zz' is not described", "'odd'", "waves:3", "leadIn", "tail",
            "merge is 2",
        ];
        Assert.All(parts, part => Assert.Contains(part, problems, StringComparison.Ordinal));
    }
}
