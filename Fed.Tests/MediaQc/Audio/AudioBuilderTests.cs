using System.Text.Json;
using Fed.MediaQc.Audio;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc.Audio;

public sealed class AudioBuilderTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly List<string> _lines = [];

    [FfmpegFact]
    public async Task Run_TinyPlan_BuildsAFolderThatOpens_AndTheSameSeedBuildsTheSameBytes()
    {
        WriteVoice();

        await RunAsync("a", jobs: 2);
        await RunAsync("b", jobs: 1);

        var sets = BuiltFolder.Require(_scratch.File("a"), _scratch.File("b"));
        Assert.Equal(3, sets.Count);
        Assert.True(sets[0].Patches.Labels.Distinct().Count() >= 5, string.Join('\n', _lines));
        var folder = DataFolder.Open(_scratch.File("a"));
        Assert.Equal(folder.Task.Shape, ParticipantFolder.Open(folder.Participants[0].Directory).Train.Shape);
        Assert.Contains("12 recordings, 2 left out", _lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_VoiceNotInstalled_NamesItsPackage_AndLeavesNothing()
    {
        var error = await Assert.ThrowsAsync<DataFileException>(() => RunAsync("a"));

        Assert.Contains("apt-get install sounds-xx", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.File("a")));
    }

    [Fact]
    public async Task Run_SilentDamagedAndOtherRecordings_AreNamedAtOnce()
    {
        WriteVoice();
        TestSounds.WriteWave(_scratch.File("voice/quiet.wav"), new float[16_000]);
        TestSounds.WriteWave(_scratch.File("voice/wide.wav"), TestSounds.Sine(440, length: 32_000), rate: 16_000);
        File.WriteAllText(_scratch.File("voice/text.wav"), "A text of some length that is no recording at all.");
        var whole = File.ReadAllBytes(_scratch.File("voice/3.wav"));
        File.WriteAllBytes(_scratch.File("voice/cut.wav"), whole[..10_000]);

        var error = await Assert.ThrowsAsync<DataFileException>(() => RunAsync("a"));

        foreach (var part in new[]
        {
            "quiet.wav: the recording is silent", "wide.wav: the recording has 16000 Hz",
            "text.wav: the recording is damaged", "cut.wav: the recording is damaged",
        })
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.File("a")));
    }

    [Fact]
    public async Task Run_FewRecordings_SaysHowManyAreNeeded()
    {
        WriteVoice();
        foreach (var i in Enumerable.Range(3, 6))
            File.Delete(_scratch.File($"voice/{i}.wav"));

        var error = await Assert.ThrowsAsync<DataFileException>(() => RunAsync("a"));

        Assert.Contains("has 6 recordings of 1.5 s or more, and needs 10", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PlanThatContradictsItself_NamesAllOfIt()
    {
        var plan = TinyPlan();
        var house = plan.Houses[0];
        plan = plan with
        {
            Houses =
            [
                house with
                {
                    Good = ["atrac -b:a 64k"],
                    Faults = ["melt:before:1"],
                    Sound = house.Sound with { Level = -3 },
                    Train = new() { ["loud"] = 3 },
                },
                house with { Cluster = "yy" },
            ],
        };
        File.WriteAllText(_scratch.File("plan.json"), JsonSerializer.Serialize(plan, BuildPlan.Json));

        var error = Assert.Throws<DataFileException>(() => AudioPlan.Read(_scratch.File("plan.json")));

        foreach (var part in new[]
        {
            "encoder 'atrac'", "fault 'melt:before:1'", "sound.level is -3; it must be -40 to -12", "class 'loud'",
            "house 'one' appears twice", "no voice of cluster 'yy'",
        })
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();

    private Task RunAsync(string name, int jobs = 2) =>
        new AudioBuilder(TinyPlan(), new BuildOptions(_scratch.Directory, _scratch.File(name), 7, jobs), _lines.Add)
            .RunAsync(CancellationToken.None);

    // Twelve recordings of 2.5 s, one that is too short, and one of the pauses that such packages hold.
    private void WriteVoice()
    {
        for (var i = 0; i < 12; i++)
            TestSounds.WriteWave(_scratch.File($"voice/{i}.wav"), TestSounds.Syllables(i, 20_000));
        TestSounds.WriteWave(_scratch.File("voice/digits/1.wav"), TestSounds.Syllables(50, 6000));
        TestSounds.WriteWave(_scratch.File("voice/silence/1.wav"), new float[16_000]);
    }

    private static AudioPlan TinyPlan()
    {
        var quota = AudioClasses.Names.ToDictionary(name => name, _ => 3);
        string[] faults =
        [
            "clip:before:15", "dropout:after:120", "step:before:9", "hiss:after:8", "lowpass:before:1500",
            "reverb:before:1",
        ];
        return new AudioPlan(
            "tiny",
            [new VoicePlan("v", "xx", "sounds-xx", "voice", "Ann Author", "CC0")],
            [
                new AudioHousePlan(
                    "one", "xx", "A test.", new HouseSound(-22, 0, 60, 0), ["pcm_s16le -ar 16000"], [], faults, quota,
                    quota.ToDictionary(pair => pair.Key, _ => 1)),
            ],
            new AudioTestPlan(2, faults));
    }
}
