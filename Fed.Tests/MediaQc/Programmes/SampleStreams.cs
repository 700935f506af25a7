using Fed.MediaQc.Cues;
using Fed.MediaQc.Programmes;
using Fed.Tests.MediaQc.Cues;

namespace Fed.Tests.MediaQc.Programmes;

/// <summary>Streams that are in sync: a cue for each stretch of speech, a cut just before it.</summary>
internal static class SampleStreams
{
    public static ProgrammeStreams Make(int count, int seed)
    {
        var speech = SyntheticSpeech.Stretches(count, seed);
        var random = new Random(seed);
        return new ProgrammeStreams(
            SoundLevels.Measure(SyntheticSpeech.Speak(speech, speech[^1].End + 4, seed)),
            SyntheticSpeech.Cues(speech),
            [.. speech.Select(one => new Cut(one.Start - 0.06, random.Next(2) == 0 ? 1 : 0.5f))]);
    }
}
