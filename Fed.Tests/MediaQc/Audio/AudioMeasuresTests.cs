using Fed.MediaQc.Audio;

namespace Fed.Tests.MediaQc.Audio;

public sealed class AudioMeasuresTests
{
    private static readonly float[] s_speech = TestSounds.Syllables(1);

    [Fact]
    public void Of_OnlyAnotherGain_IsNoDifference_AndClean()
    {
        var m = Of([.. s_speech.Select(sample => 0.25f * sample)]);

        Assert.InRange(m.Distance, 0, 0.01);
        Assert.InRange(m.Modulation, 0.9999, 1.0001);
        Assert.Equal(0, m.GapMilliseconds);
        Assert.Equal(new AudioLabel(AudioClasses.Clean, 0), AudioLabeller.OfCoding(m));
    }

    [Theory]
    [InlineData(25)]
    [InlineData(100)]
    [InlineData(400)]
    public void Of_Gap_IsAsLongAsItIs(int milliseconds)
    {
        var delivered = s_speech.ToArray();
        delivered.AsSpan(3100, 8 * milliseconds).Clear();

        Assert.InRange(Of(delivered).GapMilliseconds, milliseconds - 5, milliseconds + 2.5);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(-7)]
    public void Of_Step_IsAsLargeAsItIs(double decibels)
    {
        var delivered = s_speech.ToArray();
        foreach (ref var sample in delivered.AsSpan(4000))
            sample *= (float)Math.Pow(10, decibels / 20);

        Assert.InRange(Of(delivered).Step, decibels - 0.5, decibels + 0.5);
    }

    [Fact]
    public void Of_ClippedSine_HasLostTheCrestThatTheIntegralSays()
    {
        const double limit = 0.25;
        var sine = TestSounds.Sine(101, 1);
        var clipped = sine.Select(sample => (float)Math.Clamp(sample, -limit, limit)).ToArray();

        var lost = AudioMeasures.Of(new AudioFeatures(), sine, clipped).CrestLost;

        // Mean square of a clipped sine: below the angle a = asin(limit) sin^2, above it limit^2.
        var a = Math.Asin(limit);
        var meanSquare = 2 / Math.PI * (a / 2 - Math.Sin(2 * a) / 4 + limit * limit * (Math.PI / 2 - a));
        Assert.Equal(10 * Math.Log10(2) - 10 * Math.Log10(limit * limit / meanSquare), lost, 1);
    }

    [Fact]
    public void Of_LowPass_HasLostTheBandsAboveTheEdge()
    {
        var delivered = s_speech.ToArray();
        SoundFaultMaker.Apply(SoundFault.Parse("lowpass:before:1500"), delivered, 0..8000, [], new Random(1));

        // Of 32 bands from 60 to 3900 Hz 13 have their centre above 1500 Hz.
        Assert.InRange(Of(delivered).BandsLost, 11 / 32.0, 14 / 32.0);
    }

    [Fact]
    public void Of_NoiseTenDecibelsDown_RaisesTheFloorAndIsMeasuredAsSuch()
    {
        var random = new Random(3);
        var noise = s_speech.Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        var gain = Math.Sqrt(TestSounds.Power(s_speech) / TestSounds.Power(noise) / 10);

        var m = Of([.. s_speech.Zip(noise, (speech, sample) => (float)(speech + gain * sample))]);

        Assert.InRange(m.Distortion, 9.3, 10.7);
        Assert.InRange(m.FloorRise, 5, 40);
    }

    [Fact]
    public void Of_AnotherSound_HasLittleOfTheModulation() =>
        // Half a syllable later.
        Assert.InRange(Of(TestSounds.Syllables(99, 8500)[500..]).Modulation, -1, 0.5);

    private static AudioMeasures Of(float[] delivered) => AudioMeasures.Of(new AudioFeatures(), s_speech, delivered);
}
