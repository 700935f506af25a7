using Fed.Bench.Simulation;

namespace Fed.Tests.Bench.Simulation;

/// <summary>Values of Abramowitz and Stegun, table 26.1.</summary>
public sealed class NormalDistributionTests
{
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.841344746)]
    [InlineData(-1.96, 0.024997895)]
    [InlineData(3, 0.998650102)]
    public void Cumulative_IsTheTables(double x, double p) => Assert.Equal(p, NormalDistribution.Cumulative(x), 9);

    [Theory]
    [InlineData(0.975, 1.959963985)]
    [InlineData(0.75, 0.674489750)]
    [InlineData(0.5, 0)]
    public void Quantile_IsTheInverse(double p, double x) => Assert.Equal(x, NormalDistribution.Quantile(p), 8);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Quantile_OfNoProbability_IsRefused(double p) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalDistribution.Quantile(p));
}
