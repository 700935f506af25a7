using Fed.MediaQc.Cues;
using Fed.MediaQc.Features;
using Fed.MediaQc.Subtitles;

namespace Fed.Tests.MediaQc.Cues;

public sealed class CueFeaturesTests
{
    private static readonly (double Start, double End)[] s_speech = [(5, 7), (8, 10), (14, 15)];
    private static readonly SoundLevels s_sound = SoundLevels.Measure(SyntheticSpeech.Speak(s_speech, 16));

    [Fact]
    public void Extract_CueThatFits_HasItsEdgesInTheMiddleOfBothWindows()
    {
        TimedCue[] cues = [new(5, 7, 30), new(8, 9.75, 30)];

        var map = Extract(cues, 0);

        // The middle is bin 32; 2 s are 20 bins.
        AssertFilled(Row(map, 0, 4), 32, 52);
        AssertFilled(Row(map, 1, 4), 12, 32);
        // The other begins 3 s after the start and 1 s after the end, and ends half-way through a bin.
        AssertFilled(Row(map, 0, 5), 62, 64);
        AssertFilled(Row(map, 1, 5)[..59], 42, 59);
        Assert.InRange(Row(map, 1, 5)[59], 120, 135);
        // 30 letters take 2 s.
        AssertFilled(Row(map, 0, 6), 32, 52);
        AssertFilled(Row(map, 1, 6), 12, 32);
        // 15 letters a second of 32; sound as long as the text lets expect would be half.
        AssertFilled(Row(map, 0, 7), 0, 30);
        Assert.InRange(Row(map, 1, 7).Count((byte)255), 20, 33);
    }

    [Fact]
    public void Extract_Sound_ShowsWhereItIs()
    {
        var map = Extract([new(5, 7, 30)], 0);

        for (var band = 0; band < SoundLevels.Bands; band++)
        {
            Assert.All(Row(map, 0, band)[33..51].ToArray(), level => Assert.True(level > 100));
            Assert.True(Mean(Row(map, 0, band)[..31]) < 60);
            // The second stretch is from 1 s to 3 s behind the end.
            Assert.All(Row(map, 1, band)[43..61].ToArray(), level => Assert.True(level > 100));
        }
    }

    [Fact]
    public void Extract_SoundAndCuesMovedTogether_GivesTheSameMap()
    {
        var later = SoundLevels.Measure(SyntheticSpeech.Speak(
            [.. s_speech.Select(one => (one.Start + 0.5, one.End + 0.5))], 16.5));
        var map = new byte[CueFeatures.Length];

        CueFeatures.Extract(later, [new(5.5, 7.5, 30)], 0, map);

        // The noise differs.
        var here = Extract([new(5, 7, 30)], 0);
        Assert.True(map.Zip(here, (one, other) => Math.Abs(one - other)).Average() < 8);
        Assert.Equal(Row(here, 0, 4), Row(map, 0, 4));
    }

    [Fact]
    public void Extract_CueBeyondTheSound_IsQuiet()
    {
        var map = Extract([new(60, 62, 30)], 0);

        for (var band = 0; band < SoundLevels.Bands; band++)
            AssertFilled(Row(map, 0, band), 0, 0);
    }

    [Fact]
    public void Registered_ForFilesThatNameIt()
    {
        var features = FeatureExtraction.Get("cues-v1");
        var output = new float[CueFeatures.Length];

        features.Extract(Extract([new(5, 7, 30)], 0), CueFeatures.StoredShape, output);

        Assert.Equal([16, 1, 64], features.OutputShape([2, 8, 64]));
        Assert.Equal((1 - 0.35f) * 2.5f, output.Max(), 1e-5);
        Assert.Equal(-0.35f * 2.5f, output.Min(), 1e-5);
        var error = Assert.Throws<ArgumentException>(() => features.OutputShape([3, 32, 32]));
        Assert.Contains("[2,8,64]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Hello, you!", 8)]
    [InlineData("Привет", 6)]
    [InlineData("Press 1.", 9)]
    [InlineData("...", 0)]
    public void CountLetters_OfAnyScript(string text, int letters) =>
        Assert.Equal(letters, TimedCue.CountLetters(text));

    [Fact]
    public void From_CuesOfAFile_LeavesOutWhatHasNoTextOrDoesNotLast()
    {
        var cues = TimedCue.From(
        [
            new Cue(1, 4, 5, ["one", "two"]), new Cue(2, 1, 2, ["first"]), new Cue(3, 6, 6, ["none"]),
            new Cue(4, 7, 8, ["♪"]),
        ]);

        Assert.Equal([new TimedCue(1, 2, 5), new TimedCue(4, 5, 6)], cues);
    }

    private static byte[] Extract(TimedCue[] cues, int index)
    {
        var map = new byte[CueFeatures.Length];
        CueFeatures.Extract(s_sound, cues, index, map);
        return map;
    }

    private static ReadOnlySpan<byte> Row(byte[] map, int window, int row) =>
        map.AsSpan((window * CueFeatures.Rows + row) * CueFeatures.Bins, CueFeatures.Bins);

    private static double Mean(ReadOnlySpan<byte> row) => row.ToArray().Average(value => value);

    private static void AssertFilled(ReadOnlySpan<byte> row, int from, int to)
    {
        for (var i = 0; i < row.Length; i++)
            Assert.Equal(i >= from && i < to ? 255 : 0, row[i]);
    }
}
