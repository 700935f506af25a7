using Fed.Core.Aggregation;

namespace Fed.Tests.Core.Aggregation;

public sealed class DispersionTests
{
    [Fact]
    public void Of_SomeUpdates_IsTheirDeviationFromTheMeanComputedOneByOne()
    {
        var random = new Random(7);
        long[] weights = [256, 512, 300, 1];
        var updates = weights.Select(_ => Enumerable.Range(0, 1000).Select(_ => random.NextDouble() - 0.4).ToArray())
            .ToArray();
        var total = (double)weights.Sum();
        var mean = Enumerable.Range(0, 1000)
            .Select(j => updates.Zip(weights, (update, weight) => weight * update[j]).Sum() / total)
            .ToArray();
        var variance = updates.Zip(
            weights, (update, weight) => weight * update.Zip(mean, (x, m) => (x - m) * (x - m)).Sum()).Sum() / total;

        var found = Dispersion.Of([.. updates.Select(NormOf)], weights, NormOf(mean) * total);

        Assert.Equal(Math.Sqrt(variance) / NormOf(mean), found!.Value, 1e-9);
    }

    [Fact]
    public void Of_EqualUpdates_IsZero() =>
        Assert.Equal(0, Dispersion.Of([0.3, 0.3], [256, 512], 0.3 * 768)!.Value, 1e-7);

    [Fact]
    public void Of_TwoOrthogonalOfOneLength_IsOne() =>
        Assert.Equal(1, Dispersion.Of([1, 1], [256, 256], Math.Sqrt(2) * 256)!.Value, 1e-12);

    [Theory]
    [InlineData(0, 256, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 256, 0)]
    public void Of_WhatIsNotKnown_IsNotKnown(double norm, long weight, double sumNorm) =>
        Assert.Null(Dispersion.Of([norm], [weight], sumNorm));

    [Fact]
    public void SumNorm_OfTwoBlocks_IsThatOfBothInUnitsOfDeltas()
    {
        var norm = new SumNorm(new Grid(4, 1), blockLength: 4);

        norm.Add([16, -32, 0, 0]);
        norm.Add([32]);

        Assert.Equal(3, norm.Value, 1e-12);
    }

    private static double NormOf(double[] values) => Math.Sqrt(values.Sum(value => value * value));
}
