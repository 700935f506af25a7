using Fed.MediaQc.Cues;

namespace Fed.Tests.MediaQc.Cues;

public sealed class SoundBedTests
{
    [Theory]
    [InlineData("noise:6", 6)]
    [InlineData("music:10", 10)]
    [InlineData("babble:3", 3)]
    public void Add_Bed_LiesAsFarBelowTheSpeechAsItSays(string bed, double below)
    {
        var speech = SyntheticSpeech.Speak([(0, 4)], 4);
        var mixed = speech.ToArray();
        var voice = new Utterance("a", "a.wav", "A.", SyntheticSpeech.Speak([(0, 1)], 1, seed: 2), 1);

        SoundBed.Add(bed, mixed, [voice], new Random(3));

        var under = mixed.Zip(speech, (sum, part) => sum - part).ToArray();
        Assert.Equal(below, 10 * Math.Log10(Energy(speech) / Energy(under)), 0.7);

        static double Energy(float[] sound) => sound.Sum(sample => (double)sample * sample);
    }

    [Theory]
    [InlineData("waves:3")]
    [InlineData("noise")]
    [InlineData("noise:loud")]
    [InlineData("music:50")]
    [InlineData("babble:NaN")]
    public void Problem_OfWhatIsNoBed_NamesIt(string bed) =>
        Assert.Contains($"'{bed}'", SoundBed.Problem(bed), StringComparison.Ordinal);
}
