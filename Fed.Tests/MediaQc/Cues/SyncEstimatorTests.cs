using Fed.MediaQc.Cues;

namespace Fed.Tests.MediaQc.Cues;

public sealed class SyncEstimatorTests
{
    private static readonly (double Start, double End)[] s_stretches = SyntheticSpeech.Stretches(40, 5);
    private static readonly TimedCue[] s_cues = SyntheticSpeech.Cues(s_stretches);
    private static readonly SoundLevels s_sound =
        SoundLevels.Measure(SyntheticSpeech.Speak(s_stretches, s_stretches[^1].End + 2));

    [Theory]
    [InlineData(0.7, 1)]
    [InlineData(-3.14, 1)]
    [InlineData(8.5, 1)]
    [InlineData(0, 25 / 24.0)]
    [InlineData(1.3, 24 / 25.0)]
    public void Estimate_CuesMovedByAKnownTiming_FindsIt(double offset, double scale)
    {
        var truth = new CueTiming(offset, scale);

        var result = Estimate(s_sound, Undo(truth, s_cues), 10);

        Assert.Equal(SyncVerdict.OutOfSync, result.Verdict);
        Assert.True(result.Timing.Distance(truth, s_cues) < 0.1, $"{result.Timing} is not {truth}");
        Assert.True(result.Confidence >= SyncEstimator.Enough);
    }

    [Fact]
    public void Estimate_CuesInSync_MovesNothing()
    {
        var result = Estimate(s_sound, s_cues);

        Assert.Equal((SyncVerdict.InSync, CueTiming.None), (result.Verdict, result.Timing));
    }

    [Fact]
    public void Estimate_AFewCuesThatAreWrong_StillFindsTheOffset()
    {
        // Every fifth is missing, every seventh is 3 s off.
        var cues = s_cues.Where((_, i) => i % 5 != 4).Select((cue, i) => i % 7 == 6 ? cue.Moved(3) : cue)
            .OrderBy(cue => cue.Start).ToArray();

        var result = Estimate(s_sound, Undo(new CueTiming(-1.5, 1), cues));

        Assert.Equal(-1.5, result.Timing.Offset, 0.1);
    }

    [Fact]
    public void Check_FileWithAnOffsetAndOneCueThatIsOff_PutsTheFileRightAndNamesTheCue()
    {
        var cues = s_cues.Select((cue, i) => i == 10 ? cue.Moved(0.6) : cue).ToArray();

        var report = new CueCheck(new EdgeScorer(), range: 3, least: 0.2).Run(s_sound, Undo(new CueTiming(2, 1), cues));

        Assert.Equal(2, report.Sync.Timing.Offset, 0.1);
        Assert.Equal([10], report.Findings.Select(finding => finding.Cue));
    }

    [Fact]
    public void Estimate_CuesOfAnotherProgramme_CannotTell()
    {
        var result = Estimate(s_sound, SyntheticSpeech.Cues(SyntheticSpeech.Stretches(40, 99)), 10);

        Assert.Equal((SyncVerdict.CannotTell, CueTiming.None), (result.Verdict, result.Timing));
    }

    [Fact]
    public void Estimate_SoundThatNeverPauses_CannotTell()
    {
        var hum = SoundLevels.Measure(SyntheticSpeech.Speak([(0, 60)], 60));

        var result = Estimate(hum, [.. s_cues.Where(cue => cue.End < 60)]);

        Assert.Equal(SyncVerdict.CannotTell, result.Verdict);
    }

    [Fact]
    public void Estimate_FewerCuesThanProveAnything_CannotTellAndAsksNobody()
    {
        var scorer = new EdgeScorer();

        var result = new SyncEstimator(scorer).Estimate(s_sound, s_cues[..(SyncEstimator.FewestCues - 1)]);

        Assert.Equal(SyncVerdict.CannotTell, result.Verdict);
        Assert.Equal(0, scorer.Scored);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(601)]
    [InlineData(double.NaN)]
    public void Estimator_RangeThatIsNone_IsRefused(double range) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SyncEstimator(new EdgeScorer(), range));

    [Theory]
    [InlineData(2.4, 1)]
    [InlineData(-0.9, 25 / 24.0)]
    public void CorrelationSync_CleanSound_FindsAKnownTiming(double offset, double scale)
    {
        var truth = new CueTiming(offset, scale);

        var found = CorrelationSync.Estimate(s_sound, Undo(truth, s_cues), 5);

        Assert.True(found.Distance(truth, s_cues) < 0.15, $"{found} is not {truth}");
    }

    [Fact]
    public void CorrelationSync_NoCues_IsRefused() =>
        Assert.Throws<ArgumentException>(() => CorrelationSync.Estimate(s_sound, []));

    [Fact]
    public void Distance_OfTwoTimings_IsTheMeanOverTheCues()
    {
        TimedCue[] cues = [new(0, 1, 1), new(100, 101, 1)];

        // 1 s at the first cue, 3 s the other way at the second.
        Assert.Equal(2, new CueTiming(1, 0.96).Distance(CueTiming.None, cues), 1e-9);
    }

    private static SyncResult Estimate(SoundLevels sound, IReadOnlyList<TimedCue> cues, double range = 5) =>
        new SyncEstimator(new EdgeScorer(), range).Estimate(sound, cues);

    /// <summary>Cues that the timing puts right.</summary>
    private static IReadOnlyList<TimedCue> Undo(CueTiming timing, IReadOnlyList<TimedCue> cues) =>
        new CueTiming(-timing.Offset / timing.Scale, 1 / timing.Scale).Apply(cues);
}
