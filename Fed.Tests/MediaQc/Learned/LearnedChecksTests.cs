using Fed.MediaQc.Learned;
using Fed.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Learned;

/// <summary>From looks to findings, worked out by hand: ten places a look, two looks a second.</summary>
public sealed class LearnedChecksTests
{
    private static readonly LearnedLimit s_limit = new(Severity.Warning, Share: 0.3, Seconds: 1.5);

    [Fact]
    public void Judge_AFaultForLongEnough_IsFoundWhereItIs()
    {
        // 3 looks of 10 places need 9 of 30: first from 5+2+2 on, that is from 0.5 s, and last at 2+2+5.
        var check = Judge(0, 5, 2, 2, 5, 0, 0);

        var finding = Assert.Single(check.Findings);
        Assert.Equal((0.5, 2.5), (finding.Start, finding.End));
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Equal(0.3, finding.Measured!.Value, 1e-9);
        Assert.Equal(0.9, finding.Confidence!.Value, 1e-6);
        Assert.Equal("noise in 30 % of the places looked at, confidence 0.90", finding.Message);
        Assert.Equal((Verdict.Fail, "below 0.3 over 1.5 s"), (check.Verdict, check.Limit));
    }

    [Fact]
    public void Judge_AFaultForAMoment_IsNone()
    {
        var check = Judge(0, 0, 8, 0, 0, 0);

        Assert.Equal((Verdict.Pass, 8 / 30.0), (check.Verdict, check.Measured!.Value));
    }

    [Fact]
    public void Judge_AFilmShorterThanTheLimit_IsJudgedWhole()
    {
        var finding = Assert.Single(Judge(3, 3).Findings);

        Assert.Equal((0, 1), (finding.Start, finding.End));
    }

    [Fact]
    public void Judge_PlacesOfWhichNothingCanBeSaid_CountAsWithoutFault()
    {
        // Four of ten places were examined, and three of them show it; of four, that would be most.
        var look = Look.Of([0, 0.9f, 0, 0.9f, 0, 0.9f, 1, 0], classes: 2, places: 20);

        Assert.Equal([1, 3], look.Sure);
        Assert.Equal(Verdict.Pass, Judge([look]).Verdict);
    }

    [Fact]
    public void Judge_Freeze_IsLeftToTheMeasurement()
    {
        var check = new CheckInfo("learned.freeze", "share", "");

        var result = Assert.Single(LearnedChecks.Judge([(check, 1)], "video 0", [(0, OfTen(10))], 0.5, s_limit));

        Assert.Equal(Verdict.NotApplicable, result.Verdict);
        Assert.Contains("check 'freeze'", result.Reason, StringComparison.Ordinal);
    }

    private static CheckResult Judge(params int[] sure) => Judge([.. sure.Select(OfTen)]);

    private static CheckResult Judge(Look[] looks) => Assert.Single(LearnedChecks.Judge(
        [(new CheckInfo("learned.noise", "share", ""), 1)],
        "video 0",
        [.. looks.Select((look, at) => (at * 0.5, look))],
        0.5,
        s_limit));

    /// <summary>The model is sure of class 1 in so many places, and of class 0 in the others.</summary>
    private static Look OfTen(int sure) => Look.Of(
        [.. Enumerable.Range(0, 10).SelectMany(i => i < sure ? new[] { 0.1f, 0.9f } : [0.9f, 0.1f])], 2, 10);
}
