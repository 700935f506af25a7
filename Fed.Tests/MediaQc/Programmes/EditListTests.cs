using Fed.MediaQc.Cues;
using Fed.MediaQc.Programmes;
using Fed.Tests.MediaQc.Cues;

namespace Fed.Tests.MediaQc.Programmes;

public sealed class EditListTests
{
    private static readonly SpokenProgramme.Said[] s_speech =
    [
        .. SyntheticSpeech.Stretches(40, 5).Select(one =>
            new SpokenProgramme.Said(new Utterance("x", "x", "x", [], 1), one.Start, one.End)),
    ];

    private static readonly double s_length = s_speech[^1].End + 2;

    [Fact]
    public void Make_EachUtteranceHasACutBeforeIt_AtThePicturesOfTheRate()
    {
        var habits = TinyProgrammeBuild.Edits() with { JCuts = 0, LCuts = 0, Extra = 0 };

        var edits = EditList.Make(s_speech, s_length, habits, new Random(1));

        Assert.Equal(39, edits.Count);
        Assert.All(edits.Zip(s_speech.Skip(1)), one =>
            Assert.InRange(one.Second.Start - one.First.Frame / 25.0, 0.1 - 0.021, 0.2 + 0.021));
    }

    [Theory]
    [InlineData(1, 0, 0.2, 0.4)]
    [InlineData(0, 1, -0.4, -0.2)]
    public void Make_JOrLCuts_OverlapTheSpeech(double j, double l, double least, double most)
    {
        var habits = TinyProgrammeBuild.Edits() with { JCuts = j, LCuts = l, Extra = 0 };

        var edits = EditList.Make(s_speech, s_length, habits, new Random(1));

        Assert.NotEmpty(edits);
        Assert.All(edits, edit =>
        {
            var time = edit.Frame / 25.0;
            var edges = j > 0 ? s_speech.Select(said => said.Start) : s_speech.Select(said => said.End);
            Assert.Contains(edges, edge => time - edge >= least - 0.021 && time - edge <= most + 0.021);
        });
    }

    [Fact]
    public void Make_ManyExtraCuts_NoShotIsTooShort()
    {
        var edits = EditList.Make(
            s_speech, s_length, TinyProgrammeBuild.Edits(dissolves: 0.5) with { Extra = 30 }, new Random(2));

        Assert.All(edits.Zip(edits.Skip(1)), pair => Assert.True(pair.Second.Frame - pair.First.Frame >= 19));
        Assert.InRange(edits.Count(edit => edit.Dissolves), edits.Count / 4, edits.Count * 3 / 4);
    }

    [Fact]
    public void Snap_CuesNearCuts_BeginWithThem_AndNoneOverlaps()
    {
        TimedCue[] cues = [new(1, 3, 10), new(3.2, 5, 10), new(7, 8, 10)];
        Edit[] edits = [new(20, false), new(78, false), new(190, true)];

        var snapped = EditList.Snap(cues, edits, TinyProgrammeBuild.Edits(snap: 1), new Random(1));
        var kept = EditList.Snap(cues, edits, TinyProgrammeBuild.Edits(snap: 0), new Random(1));

        Assert.Equal([new(0.8, 3.12, 10), new(3.12, 5, 10), new(7, 8, 10)], snapped);
        Assert.Equal(cues, kept);
    }
}
