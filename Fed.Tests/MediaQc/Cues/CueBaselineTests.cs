using Fed.MediaQc.Cues;
using Fed.MediaQc.Features;
using Fed.MediaQc.Files;

namespace Fed.Tests.MediaQc.Cues;

public sealed class CueBaselineTests
{
    private static readonly (double Start, double End)[] s_stretches = SyntheticSpeech.Stretches(30, 8);
    private static readonly SoundLevels s_sound =
        SoundLevels.Measure(SyntheticSpeech.Speak(s_stretches, s_stretches[^1].End + 3));

    [Theory]
    [InlineData(0, CueClass.Ok)]
    [InlineData(-1.2, CueClass.Early)]
    [InlineData(1.2, CueClass.Late)]
    public void Classify_CuesMovedByAKnownTime_SaysSo(double moved, CueClass expected)
    {
        var cues = SyntheticSpeech.Cues(s_stretches);

        var found = Enumerable.Range(3, 20).Count(i =>
            new CueBaseline(5, 0.05, 6, 0.4).Classify(Map([.. cues.Select(cue => cue.Moved(moved))], i)) == expected);

        Assert.InRange(found, 17, 20);
    }

    [Fact]
    public void Classify_CueBesideSpeechWithoutOne_SaysSo()
    {
        var cues = SyntheticSpeech.Cues(s_stretches).Where((_, i) => i != 11).ToArray();

        Assert.Equal(CueClass.MissingNeighbour, new CueBaseline(5, 0.05, 6, 0.4).Classify(Map(cues, 10)));
    }

    [Fact]
    public void Fit_CuesThatOneThresholdParts_PartsThem()
    {
        var cues = SyntheticSpeech.Cues(s_stretches);
        TimedCue[] late = [.. cues.Select(cue => cue.Moved(0.8))];
        var maps = Enumerable.Range(0, 30).Select(i => (Label: CueClass.Ok, Map: Map(cues, i)))
            .Concat(Enumerable.Range(0, 30).Select(i => (Label: CueClass.Late, Map: Map(late, i))))
            .ToArray();
        var set = new PatchSet(
            "test", CueFeatures.Name, CueFeatures.StoredShape, CueClasses.Names, ["one"],
            [.. maps.Select(one => (byte)one.Label)], new byte[maps.Length], new ushort[maps.Length],
            [.. maps.SelectMany(one => one.Map)]);

        var fitted = CueBaseline.Fit([set]);

        Assert.InRange(fitted.Accuracy(set), 0.9, 1);
        Assert.True(fitted.Accuracy(set) >= new CueBaseline(10, 0.35, 20, 0.5).Accuracy(set));
    }

    private static byte[] Map(TimedCue[] cues, int index)
    {
        var map = new byte[CueFeatures.Length];
        CueFeatures.Extract(s_sound, cues, index, map);
        return map;
    }
}
