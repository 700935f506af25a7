using Fed.MediaQc.Cues;

namespace Fed.Tests.MediaQc.Cues;

public sealed class SoundLevelsTests
{
    [Theory]
    [InlineData(180, 0)]
    [InlineData(560, 1)]
    [InlineData(1340, 2)]
    [InlineData(2700, 3)]
    public void Measure_ToneThatComesAndGoes_ShowsInItsBandAndInItsSeconds(double hertz, int band)
    {
        var sound = new float[10 * SoundLevels.SampleRate];
        for (var i = 0; i < sound.Length; i++)
        {
            // Every second second.
            if (i / SoundLevels.SampleRate % 2 == 1)
                sound[i] = (float)(0.002 * Math.Sin(2 * Math.PI * hertz * i / SoundLevels.SampleRate));
        }

        var levels = SoundLevels.Measure(sound);

        Assert.Equal(1000, levels.Frames);
        for (var second = 0; second < 10; second++)
            Assert.Equal(second % 2, levels.Mean(band, 100 * second + 10, 100 * second + 90), 0.05);
        // -57 dB is 13 above silence, and 12 are loud in its own band; the others hear it less.
        Assert.All(
            Enumerable.Range(0, SoundLevels.Bands).Where(other => other != band),
            other => Assert.True(levels.Mean(other, 110, 190) < 0.8 * levels.Mean(band, 110, 190)));
    }

    [Fact]
    public void Mean_BeyondTheEnds_CountsAsQuiet()
    {
        var levels = SoundLevels.Measure(SyntheticSpeech.Speak([(0, 1), (3, 4)], 4));

        var within = levels.Mean(1, 300, 400);

        Assert.True(within > 0.5);
        Assert.Equal(within / 2, levels.Mean(1, 300, 500), 1e-6);
        Assert.Equal(0, levels.Mean(1, 500, 600));
        Assert.Equal(0, levels.Mean(1, -50, 0));
    }

    [Fact]
    public void Mean_OfALongStretch_IsTheMeanOfItsFrames()
    {
        var levels = SoundLevels.Measure(SyntheticSpeech.Speak(SyntheticSpeech.Stretches(4, 3), 12));

        var frames = Enumerable.Range(150, 400).Average(frame => levels.Mean(2, frame, frame + 1));

        Assert.Equal(frames, levels.Mean(2, 150, 550), 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.05)]
    public void Measure_QuieterSound_GivesTheSameLevels(double gain)
    {
        var sound = SyntheticSpeech.Speak([(1, 2.5), (4, 6)], 8);
        var quiet = Array.ConvertAll(sound, sample => (float)(sample * gain));

        var (levels, same) = (SoundLevels.Measure(sound), SoundLevels.Measure(quiet));

        // Not quite: the floor of the quiet one is below -70 dB.
        for (var second = 0; second < 8; second++)
            Assert.Equal(Second(levels, second), Second(same, second), 0.2);

        static double Second(SoundLevels levels, int second) => levels.Mean(2, 100 * second, 100 * second + 100);
    }

    [Fact]
    public void BandPass_AtItsEdges_HalvesThePower()
    {
        Assert.Equal(0, Decibels(900), 0.1);
        Assert.Equal(-3, Decibels(600), 0.8);
        Assert.Equal(-3, Decibels(1350), 0.8);

        static double Decibels(double hertz)
        {
            // The edges 600 and 1350 have their centre at 900; the bilinear transform bends them a little.
            var filter = BandPass.Create(600, 1350, 8000);
            var energy = 0.0;
            for (var i = 0; i < 16000; i++)
            {
                var value = filter.Next(Math.Sin(2 * Math.PI * hertz * i / 8000));
                energy += i < 8000 ? 0 : value * value;
            }

            return 10 * Math.Log10(energy / 4000);
        }
    }

    [Fact]
    public void Measure_LessThanASecond_IsRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => SoundLevels.Measure(new float[7999]));

        Assert.Contains("7999 samples", error.Message, StringComparison.Ordinal);
    }
}
