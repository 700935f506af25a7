using Fed.MediaQc.Audio;
using Fed.MediaQc.Files;
using Fed.MediaQc.Learned;
using Fed.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Audio;

/// <summary>Programmes of recordings, and what is known of them.</summary>
public sealed class SpeechTrialTests : IDisposable
{
    private static readonly string[] s_faults = ["dropout:before:120", "hiss:before:3", "step:before:12"];

    private readonly Scratch _scratch = new();

    public SpeechTrialTests()
    {
        for (var i = 0; i < 12; i++)
            TestSounds.WriteWave(_scratch.File($"voice/{i}.wav"), TestSounds.Syllables(i, 20_000));
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Make_WithFaults_PutsThemWhereItSays()
    {
        var trial = Assert.Single(Make(s_faults));

        Assert.InRange(trial.Sound.Length, 60 * 8000, 75 * 8000);
        Assert.Equal(
            ["dropout", "noise", "level-jump", "dropout"], trial.Faults.Take(4).Select(fault => fault.Fault.Class));
        foreach (var fault in trial.Faults)
        {
            var part = trial.Sound[(int)(fault.Start * 8000)..(int)(fault.End * 8000)];
            Assert.InRange(fault.End - fault.Start, 1, fault.Fault.IsMomentary ? 1 : 15);
            if (fault.Fault.Kind == SoundFaultKind.Dropout)
                Assert.InRange(LongestSilence(part), 110 * 8, 130 * 8);
            else
                Assert.InRange(LongestSilence(part), 0, 40);
        }
    }

    [Fact]
    public void Make_WithoutFaults_IsCleanAndTheSameForTheSameSeed()
    {
        var (one, two) = (Assert.Single(Make([])), Assert.Single(Make([])));

        Assert.Empty(one.Faults);
        Assert.Equal(one.Sound, two.Sound);
        Assert.NotEqual(one.Sound, Assert.Single(Make([], seed: 2)).Sound);
        Assert.InRange(LongestSilence(one.Sound), 0, 160);
    }

    [Fact]
    public void Make_WithoutRecordings_NamesTheHouse()
    {
        var error = Assert.Throws<DataFileException>(() => Make([], usable: "none").ToList());

        Assert.Contains("there is no recording for a programme of one", error.Message, StringComparison.Ordinal);
    }

    [FfmpegFact]
    public async Task Choose_ForAModelOfNoise_TakesTheHighestLimitThatFindsIt()
    {
        using var model = LearnedModel.Of(Learned.TestModels.NoiseOfSound(), "m");
        var limits = AudioClasses.Names.Skip(1).ToDictionary(name => name, _ => new SoundLimit(0.9, 2));

        var chosen = await SoundThresholds.ChooseAsync(
            model, Make([]).Concat(Make(["hiss:before:-5"])), limits, _scratch.Directory, CancellationToken.None);

        var noise = chosen.Single(each => each.Class == AudioClasses.Noise);
        Assert.Equal((0, 1), (noise.FalseAlarmsAnHour, noise.Recall));
        Assert.InRange(noise.Limit.Probability, 0.9, 0.999);
        Assert.Equal(2, noise.Limit.Seconds);
    }

    private IEnumerable<SpeechTrial> Make(string[] faults, int seed = 1, string usable = "") => SpeechTrial.Make(
        new AudioPlan(
            "tiny",
            [new VoicePlan("v", "xx", "sounds-xx", "voice", "Ann Author", "CC0")],
            [new AudioHousePlan("one", "xx", "A test.", new HouseSound(-22, 0, 60, 0), ["pcm_s16le -ar 16000"], [], faults, [], [])],
            new AudioTestPlan(2, faults)),
        _scratch.Directory,
        _ => usable.Length > 0 ? new HashSet<string>() : [.. Enumerable.Range(0, 12).Select(i => $"v/{i}")],
        60,
        faults,
        seed);

    // Samples that are nothing at all; 8 a millisecond.
    private static int LongestSilence(float[] sound)
    {
        var (run, longest) = (0, 0);
        foreach (var sample in sound)
        {
            run = Math.Abs(sample) < 1e-6 ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
