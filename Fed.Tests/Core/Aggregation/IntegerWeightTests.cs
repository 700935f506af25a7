using Fed.Core.Aggregation;

namespace Fed.Tests.Core.Aggregation;

public sealed class IntegerWeightTests
{
    public static TheoryData<string> Functions =>
        new("constant", "polynomial:0.5", "hinge:10,4", "hinge:3,0", "exponential:0.3");

    [Theory]
    [MemberData(nameof(Functions))]
    public void Of_Fresh_IsExamplesTimes256(string function)
    {
        foreach (var examples in new long[] { 1, 2, 599, 1024 })
            Assert.Equal(examples * 256, IntegerWeight.Of(examples, 1024, StalenessFunctions.Parse(function), 0));
    }

    [Fact]
    public void Of_MoreExamplesThanTheCap_CountsTheCap()
    {
        Assert.Equal(100 * 256, IntegerWeight.Of(101, 100, new ConstantStaleness(), 0));
        Assert.Equal(100 * 256, IntegerWeight.Of(long.MaxValue, 100, new ConstantStaleness(), 0));
    }

    [Theory]
    [InlineData(10, 3, 1280)] // 10 / sqrt(4) x 256
    [InlineData(1, 1, 181)] // 256 / sqrt(2) = 181.02
    [InlineData(3, 2, 443)] // 768 / sqrt(3) = 443.41
    public void Of_Stale_IsRoundedToOne256th(long examples, long staleness, long expected) =>
        Assert.Equal(expected, IntegerWeight.Of(examples, 1024, new PolynomialStaleness(0.5), staleness));

    [Theory]
    [InlineData(1, 2)] // 1 x 1.5 / 256 -> 1.5 -> 2
    [InlineData(3, 4)] // 4.5 -> 4
    public void Of_HalfOfAStep_GoesToEven(long examples, long expected)
    {
        Assert.Equal(expected, IntegerWeight.Of(examples, 1024, new Fixed(1.5 / 256), 1));
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Of_GrowingStaleness_NeverGrows(string function)
    {
        var parsed = StalenessFunctions.Parse(function);
        var weights = Enumerable.Range(0, 100).Select(t => IntegerWeight.Of(777, 1024, parsed, t)).ToArray();
        Assert.All(weights.Zip(weights.Skip(1)), pair => Assert.True(pair.First >= pair.Second));
        Assert.All(weights, weight => Assert.InRange(weight, 0, 777 * 256));
    }

    [Fact]
    public void Of_LargestCap_FitsIn31Bits() => Assert.InRange(
        IntegerWeight.Of(long.MaxValue, IntegerWeight.MaxExampleCap, new ConstantStaleness(), 0), 1, int.MaxValue);

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(-5, 10, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(1, IntegerWeight.MaxExampleCap + 1, 0)]
    [InlineData(1, 10, -1)]
    public void Of_OutOfRange_IsRefused(long examples, int cap, long staleness) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => IntegerWeight.Of(examples, cap, new ConstantStaleness(), staleness));

    private sealed class Fixed(double weight) : IStalenessFunction
    {
        public double Weight(long staleness) => weight;
    }
}
