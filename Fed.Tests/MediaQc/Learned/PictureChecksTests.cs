using Fed.MediaQc.Learned;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Learned;

/// <summary>From looks to findings, worked out by hand: ten places a look of one second, two looks a second.</summary>
public sealed class PictureChecksTests
{
    private static readonly LearnedLimit s_limit = new(
        Severity.Warning, new Dictionary<string, PictureLimit> { [QcClasses.Noise] = new(Share: 0.3, Seconds: 2) });

    [Fact]
    public void Judge_AFaultForLongEnough_IsFoundWhereItIs()
    {
        // 3 looks of 10 places need 9 of 30: first from 5+2+2 on, that is from 0.5 s, and last at 2+2+5, whose last
        // look ends a second after 2 s.
        var check = Judge(0, 5, 2, 2, 5, 0, 0);

        var finding = Assert.Single(check.Findings);
        Assert.Equal((0.5, 3), (finding.Start, finding.End));
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Equal(0.3, finding.Measured!.Value, 1e-9);
        Assert.Equal(0.9, finding.Confidence!.Value, 1e-6);
        Assert.Equal("noise in 30 % of the places looked at, confidence 0.90", finding.Message);
        Assert.Equal((Verdict.Fail, "below 0.3 over 2 s"), (check.Verdict, check.Limit));
    }

    [Fact]
    public void Judge_AFaultForAMoment_IsNone()
    {
        var check = Judge(0, 0, 8, 0, 0, 0);

        Assert.Equal(Verdict.Pass, check.Verdict);
        Assert.Equal(8 / 30.0, check.Measured!.Value, 1e-9);
    }

    [Fact]
    public void Judge_AFilmShorterThanTheLimit_IsJudgedWhole()
    {
        var finding = Assert.Single(Judge(3, 3).Findings);

        Assert.Equal((0, 1.5), (finding.Start, finding.End));
    }

    [Fact]
    public void Judge_PlacesOfWhichNothingCanBeSaid_CountAsWithoutFault()
    {
        // Two of ten places were examined, and both show it; of two, that would be all.
        var look = OfPlaces(2, 2);

        Assert.Equal(2, look.Sure[QcClasses.Index(QcClasses.Noise)]);
        Assert.Equal(Verdict.Pass, Judge([look]).Verdict);
    }

    [Fact]
    public void Judge_AFaultWithoutALimit_IsNotApplicable()
    {
        var results = PictureChecks.Judge("video 0", [new TimedLook(0, 1, OfPlaces(10, 10))], s_limit).ToList();

        Assert.Equal(QcClasses.Names.Count - 1, results.Count);
        Assert.All(results.Where(one => one.Check != "learned.noise"), one =>
        {
            Assert.Equal(Verdict.NotApplicable, one.Verdict);
            Assert.Contains("no limit for it in learned.pictures", one.Reason, StringComparison.Ordinal);
        });
    }

    private static CheckResult Judge(params int[] sure) => Judge([.. sure.Select(count => OfPlaces(10, count))]);

    private static CheckResult Judge(Look[] looks) => PictureChecks.Judge(
        "video 0", [.. looks.Select((look, at) => new TimedLook(at * 0.5, at * 0.5 + 1, look))], s_limit)
        .Single(one => one.Check == "learned.noise");

    /// <summary>Of ten places so many are examined; in so many of them the model is sure of noise, else of nothing
    /// wrong.</summary>
    private static Look OfPlaces(int examined, int sure)
    {
        var probabilities = new float[examined * QcClasses.Names.Count];
        for (var i = 0; i < examined; i++)
        {
            var row = probabilities.AsSpan(i * QcClasses.Names.Count, QcClasses.Names.Count);
            row[i < sure ? QcClasses.Index(QcClasses.Noise) : QcClasses.Index(QcClasses.Clean)] = 0.9f;
        }

        return Look.Of(probabilities, QcClasses.Names.Count, 10);
    }
}
