using Fed.MediaQc.Audio;
using Fed.MediaQc.Features;
using Fed.MediaQc.Files;

namespace Fed.Tests.MediaQc.Audio;

public sealed class AudioBaselineTests
{
    [Fact]
    public void Measure_EachFault_RaisesItsOwnMeasurement()
    {
        var speech = TestSounds.Syllables(1);
        var clean = Measure(speech);

        foreach (var (fault, least) in new[]
        {
            ("clip:before:15", 0.2), ("dropout:before:100", 15), ("step:before:-10", 3), ("hiss:before:5", 2),
            ("lowpass:before:1200", 10), ("babble:before:-3", 0.5),
        })
        {
            var parsed = SoundFault.Parse(fault);
            var disturbed = speech.ToArray();
            // Others speak when this one pauses.
            var others = Enumerable.Range(0, 4)
                .Select(i => TestSounds.Syllables(20 + i, 8750)[(250 * i)..][..8000])
                .ToList();
            SoundFaultMaker.Apply(parsed, disturbed, 0..8000, others, new Random(2));
            var label = AudioClasses.Index(parsed.Class);

            Assert.True(
                Measure(disturbed)[label] > clean[label] + least,
                $"{fault}: {Measure(disturbed)[label]} after {clean[label]}");
        }
    }

    [Fact]
    public void Measure_LevelOfAQuarterOfTheSecond_IsTheStepThatItIs()
    {
        var sound = TestSounds.Sine(500);
        foreach (ref var sample in sound.AsSpan(6000))
            sample *= 0.25f;

        // 12 dB, seen through columns of 2 dB.
        Assert.InRange(Measure(sound)[AudioClasses.Index(AudioClasses.LevelJump)], 10.5, 13.5);
    }

    [Fact]
    public void Fit_TwoKindsThatOneThresholdParts_FindsIt()
    {
        var set = Set([.. Enumerable.Range(0, 12).Select(i => (TestSounds.Syllables(i), AudioClasses.Clean)),
            .. Enumerable.Range(0, 12).Select(i => (Clipped(TestSounds.Syllables(100 + i)), AudioClasses.Clipping))]);
        var unseen = Set([.. Enumerable.Range(0, 8).Select(i => (TestSounds.Syllables(200 + i), AudioClasses.Clean)),
            .. Enumerable.Range(0, 8).Select(i => (Clipped(TestSounds.Syllables(300 + i)), AudioClasses.Clipping))]);

        var baseline = AudioBaseline.Fit([set]);

        Assert.Equal(AudioClasses.Clipping, baseline.Detectors[0].Class);
        Assert.Equal(1, baseline.Detectors[0].F1);
        Assert.Equal(1, baseline.Accuracy(unseen));
        Assert.All(baseline.Detectors.Skip(1), detector => Assert.Equal(double.PositiveInfinity, detector.Threshold));
    }

    private static float[] Clipped(float[] sound)
    {
        SoundFaultMaker.Apply(SoundFault.Parse("clip:before:18"), sound, 0..8000, [], new Random(1));
        return sound;
    }

    private static double[] Measure(float[] sound) => AudioBaseline.Measure(Planes(sound));

    private static byte[] Planes(float[] sound)
    {
        var planes = new byte[AudioFeatures.Planes * AudioFeatures.Plane];
        new AudioFeatures().Extract(sound, planes);
        return planes;
    }

    private static PatchSet Set(IReadOnlyList<(float[] Sound, string Class)> samples) => new(
        "tiny",
        AudioInputs.Name,
        [AudioFeatures.Planes, AudioFeatures.Side, AudioFeatures.Side],
        AudioClasses.Names,
        ["a"],
        [.. samples.Select(one => AudioClasses.Index(one.Class))],
        new byte[samples.Count],
        new ushort[samples.Count],
        [.. samples.SelectMany(one => Planes(one.Sound))]);
}
