using Fed.Client.Agent;
using Fed.Contracts.Participants;
using Fed.Grains.Telemetry;
using Fed.Training;

namespace Fed.Tests.Grains.Telemetry;

public sealed class FeatureSpreadTests
{
    [Fact]
    public void Of_Nobody_IsNotKnown() => Assert.Null(FeatureSpread.Of([]));

    [Fact]
    public void Of_OnesThatAreAlike_IsZeroHoweverManyExamplesTheyHave()
    {
        var spread = FeatureSpread.Of([Of(10, (1, 4), (0, 0)), Of(1000, (1, 4), (0, 0))]);

        Assert.Equal(new DataSpread(2, 0, 0), spread);
    }

    [Fact]
    public void Of_OnesWithOtherMeans_IsTheHellingerDistanceFromAllTogether()
    {
        // All together: mean 0, variance 1 + 1. Of N(1,1) and N(0,2): 1 - sqrt(2 sqrt 2 / 3) exp(-1/12), and its root.
        var expected = Math.Sqrt(1 - Math.Sqrt(2 * Math.Sqrt(2) / 3) * Math.Exp(-1.0 / 12));

        var spread = FeatureSpread.Of([Of(10, (-1, 1)), Of(10, (1, 1))])!;

        Assert.Equal(expected, spread.Mean, 1e-12);
        Assert.Equal(expected, spread.Max, 1e-12);
    }

    [Fact]
    public void Of_OneWithAnotherConstant_IsOneForThatFeatureAndAveragedOverAll()
    {
        // One in a million moves the cluster's mean by nothing much, and away from the constant of the others.
        var spread = FeatureSpread.Of([Of(1, (5, 0), (0, 1)), Of(1_000_000, (0, 0), (0, 1))])!;

        Assert.Equal(0.5, spread.Max, 1e-9);
    }

    [Theory]
    [InlineData(1e9, 1e18)]
    [InlineData(-1e9, 0)]
    public void Of_TheLargestThatMayBeSent_IsFinite(double mean, double variance)
    {
        var spread = FeatureSpread.Of([Of(1_000_000_000, (mean, variance)), Of(1, (-mean, 0))])!;

        Assert.InRange(spread.Mean, 0, 1);
        Assert.InRange(spread.Max, 0, 1);
    }

    [Fact]
    public void Summary_OfSamples_HasMeanAndVarianceOfEachChannel()
    {
        // Two channels of two values each; two samples.
        var samples = new SampleSet([2, 1, 2], classes: 1, [1, 3, 10, 10, 5, 7, 10, 10], [0, 0]);

        var summary = FeatureMoments.Of(samples)!;

        Assert.Equal(2, summary.Examples);
        Assert.Equal([4, 10], summary.Means);
        Assert.Equal([5, 0], summary.Variances);
    }

    [Fact]
    public void Summary_OfMoreFeaturesThanMayBeTold_IsNone() => Assert.Null(FeatureMoments.Of(
        new SampleSet([FeatureSummary.MostFeatures + 1], 1, new float[FeatureSummary.MostFeatures + 1], [0])));

    private static FeatureSummary Of(long examples, params (double Mean, double Variance)[] features) => new(
        examples, [.. features.Select(one => one.Mean)], [.. features.Select(one => one.Variance)]);
}
