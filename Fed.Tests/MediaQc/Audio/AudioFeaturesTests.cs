using Fed.MediaQc.Audio;

namespace Fed.Tests.MediaQc.Audio;

public sealed class AudioFeaturesTests
{
    private readonly AudioFeatures _features = new();

    [Theory]
    [InlineData(300)]
    [InlineData(1000)]
    [InlineData(3000)]
    public void Extract_Sine_IsLoudestInTheBandOfItsFrequency_InEveryFrame(double hertz)
    {
        var planes = Extract(TestSounds.Sine(hertz));

        // 32 bands whose centres lie at equal distances on the mel scale from 60 to 3900 Hz.
        static double Mel(double f) => 2595 * Math.Log10(1 + f / 700);
        var step = (Mel(3900) - Mel(60)) / 33;
        var expected = (Mel(hertz) - Mel(60)) / step - 1;
        for (var frame = 0; frame < 32; frame++)
        {
            var bands = planes.AsSpan(frame * 32, 32).ToArray();
            Assert.InRange(Array.IndexOf(bands, bands.Max()), expected - 1, expected + 1);
            Assert.InRange(bands.Max(), 38, 40);
        }
    }

    [Fact]
    public void Extract_ToneTenDecibelsSofterInItsSecondHalf_FallsByFiveUnits()
    {
        var sound = TestSounds.Sine(1000);
        foreach (ref var sample in sound.AsSpan(4000))
            sample *= 0.31623f;

        var planes = Extract(sound);

        var loudest = Array.IndexOf(planes, (byte)40) % 32;
        Assert.Equal(5, planes[8 * 32 + loudest] - planes[24 * 32 + loudest]);
    }

    [Fact]
    public void Extract_HalfTheLevel_GivesTheSameBytes()
    {
        var sound = TestSounds.Syllables(1);

        Assert.Equal(Extract(sound), Extract([.. sound.Select(sample => sample / 2)]));
    }

    [Fact]
    public void Extract_SquareWaveWithAGap_CountsPeakAndSilence()
    {
        var sound = TestSounds.Sine(100).Select(sample => sample < 0 ? -0.3f : 0.3f).ToArray();
        sound.AsSpan(10 * 250, 250).Clear();

        var levels = Extract(sound).AsSpan(1024).ToArray();

        for (var frame = 0; frame < 32; frame++)
        {
            var expected = new byte[32];
            expected[frame == 10 ? 0 : 31] = 31;
            Assert.Equal(expected, levels.AsSpan(frame * 32, 32).ToArray());
        }
    }

    [Fact]
    public void Extract_TwelveDecibelsBelowThePeak_StandSixColumnsBelowIt()
    {
        var sound = new float[8000];
        Array.Fill(sound, 0.25f * 0.97f);
        sound[0] = 1;

        var levels = Extract(sound).AsSpan(1024).ToArray();

        // 12.3 dB: the seventh column of 2 dB from above.
        Assert.Equal(31, levels[5 * 32 + 25]);
    }

    [Fact]
    public void Extract_Silence_HasNoSpectrumAndOnlyTheLowestLevel()
    {
        var planes = Extract(new float[8000]);

        Assert.All(planes.Take(1024), value => Assert.Equal(0, value));
        Assert.Equal(Enumerable.Range(0, 1024).Select(i => i % 32 == 0 ? (byte)31 : (byte)0), planes.Skip(1024));
    }

    [Fact]
    public void Extract_OnceWarm_AllocatesNothing()
    {
        var sound = TestSounds.Syllables(2);
        var planes = new byte[2048];
        _features.Extract(sound, planes);

        var before = GC.GetAllocatedBytesForCurrentThread();
        _features.Extract(sound, planes);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(7999, 2048)]
    [InlineData(8000, 2047)]
    public void Extract_WrongLength_SaysWhatIsNeeded(int samples, int values)
    {
        var error = Assert.Throws<ArgumentException>(() => _features.Extract(new float[samples], new byte[values]));

        Assert.Contains("8000 samples make 2048 values", error.Message, StringComparison.Ordinal);
    }

    private byte[] Extract(float[] sound)
    {
        var planes = new byte[2048];
        _features.Extract(sound, planes);
        return planes;
    }
}
