using Fed.MediaQc.Audio;

namespace Fed.Tests.MediaQc.Audio;

public sealed class SoundFaultTests
{
    [Fact]
    public void Clip_Sine_FlattensTheShareThatTheArcsineSays()
    {
        var sound = Apply("clip:before:12", TestSounds.Sine(101, 0.8));

        var peak = sound.Max(Math.Abs);
        var expected = 1 - 2 / Math.PI * Math.Asin(Math.Pow(10, -12 / 20.0));
        Assert.Equal(expected, sound.Count(sample => Math.Abs(sample) > 0.9999 * peak) / 8000.0, 2);
    }

    [Fact]
    public void Dropout_LeavesAGapOfItsLengthInTheSecondOnly()
    {
        var sound = Enumerable.Repeat(0.5f, 10_000).ToArray();

        SoundFaultMaker.Apply(SoundFault.Parse("dropout:after:100"), sound, 1000..9000, [], new Random(3));

        // 800 samples, of which the fades of 16 at both ends are not quite silent.
        Assert.Equal(800 - 2 * 15, sound.Count(sample => sample == 0));
        Assert.All(sound.Take(1000).Concat(sound.Skip(9000)), sample => Assert.Equal(0.5f, sample));
        Assert.Equal(800, sound.Count(sample => sample < 0.5f));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(-12)]
    public void Step_ChangesTheLevelByItsDecibels(double decibels)
    {
        var sound = Apply(
            FormattableString.Invariant($"step:before:{decibels}"), Enumerable.Repeat(0.1f, 8000).ToArray());

        Assert.Equal(0.1f, sound[1999]);
        Assert.Equal(decibels, 20 * Math.Log10(sound[6100] / 0.1), 3);
    }

    [Fact]
    public void Hum_HasAllItsPowerInMultiplesOfTheMains_AtItsLevel()
    {
        var speech = TestSounds.Syllables(4);

        var hum = Apply("hum:before:10", speech).Zip(speech, (now, was) => now - was).ToArray();

        var mains = TestSounds.PowerAt(hum, 50) > TestSounds.PowerAt(hum, 60) ? 50 : 60;
        var harmonics = Enumerable.Range(1, 10).Sum(k => TestSounds.PowerAt(hum, k * mains));
        Assert.Equal(1, harmonics / TestSounds.Power(hum), 2);
        Assert.Equal(10, TestSounds.Decibels(TestSounds.Power(speech) / TestSounds.Power(hum)), 1);
    }

    [Fact]
    public void Hiss_IsWhite_AtItsLevel()
    {
        var speech = TestSounds.Syllables(5);

        var hiss = Apply("hiss:before:10", speech).Zip(speech, (now, was) => now - was).ToArray();

        Assert.Equal(10, TestSounds.Decibels(TestSounds.Power(speech) / TestSounds.Power(hiss)), 1);
        // White: each sample tells nothing of the next one.
        var neighbours = hiss.Zip(hiss.Skip(1), (a, b) => (double)a * b).Average();
        Assert.InRange(neighbours / TestSounds.Power(hiss), -0.05, 0.05);
    }

    [Fact]
    public void LowPass_KeepsWhatIsBelow_AndTakesWhatIsAbove()
    {
        double Left(double hertz) => TestSounds.Decibels(
            TestSounds.Power(Apply("lowpass:before:1500", TestSounds.Sine(hertz)).AsSpan(200, 7600))
            / TestSounds.Power(TestSounds.Sine(hertz).AsSpan(200, 7600)));

        Assert.InRange(Left(500), -0.1, 0.1);
        Assert.InRange(Left(1350), -0.5, 0.5);
        Assert.InRange(Left(1700), -200, -40);
    }

    [Fact]
    public void Reverb_AfterAClick_FallsBySixtyDecibelsInItsTime()
    {
        var click = new float[8000];
        click[0] = 1;

        var room = Apply("reverb:before:1", click);

        // From 50 to 350 ms: 0.3 s of the 1 s are 18 dB.
        var fall = TestSounds.Decibels(
            TestSounds.Power(room.AsSpan(400, 400)) / TestSounds.Power(room.AsSpan(2800, 400)));
        Assert.InRange(fall, 16, 20);
        Assert.Equal(1, room.Skip(1).Sum(sample => (double)sample * sample), 2);
    }

    [Fact]
    public void Babble_OfFourOthers_ComesAtItsLevel()
    {
        var speech = TestSounds.Syllables(6);
        var others = Enumerable.Range(7, 4).Select(seed => TestSounds.Syllables(seed)).ToList();

        var disturbed = speech.ToArray();
        SoundFaultMaker.Apply(SoundFault.Parse("babble:before:3"), disturbed, 0..8000, others, new Random(1));

        var babble = disturbed.Zip(speech, (now, was) => now - was).ToArray();
        Assert.Equal(3, TestSounds.Decibels(TestSounds.Power(speech) / TestSounds.Power(babble)), 1);
    }

    [Theory]
    [InlineData("melt:before:1", "with kind clip, dropout")]
    [InlineData("clip:before", "kind:before|after:strength")]
    [InlineData("dropout:after:5", "20 to 500")]
    [InlineData("step:before:3", "at least 6 dB")]
    [InlineData("hiss:before:nan", "-5 to 25")]
    public void Problem_BadText_SaysWhatIsAllowed(string text, string expected) =>
        Assert.Contains(expected, SoundFault.Problem(text), StringComparison.Ordinal);

    private static float[] Apply(string fault, float[] sound)
    {
        var copy = sound.ToArray();
        SoundFaultMaker.Apply(SoundFault.Parse(fault), copy, 0..copy.Length, [], new Random(1));
        return copy;
    }
}
