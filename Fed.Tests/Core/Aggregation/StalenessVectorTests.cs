using Fed.Core.Aggregation;

namespace Fed.Tests.Core.Aggregation;

/// <summary>Vectors of FedAsync (Xie 2019, section 5.2) and FedBuff (Nguyen 2022): s = 1/sqrt(1+t).</summary>
public sealed class StalenessVectorTests
{
    [Theory]
    [InlineData("polynomial:0.5", 3, 0.5)] // FedAsync: polynomial .5 at t=3
    [InlineData("hinge:10,4", 4, 1)] // FedAsync: hinge(10,4) at 4, 5, 8
    [InlineData("hinge:10,4", 5, 1.0 / 11)]
    [InlineData("hinge:10,4", 8, 1.0 / 41)]
    [InlineData("polynomial:0.5", 1, 0.70710678118654752)] // FedBuff: 1/sqrt(1+t)
    [InlineData("polynomial:0.5", 4, 0.44721359549995794)] // 1/(1+t^0.5) = 0.3333 would be the known mistake
    [InlineData("polynomial:0.5", 8, 1.0 / 3)]
    [InlineData("polynomial:2", 4, 0.04)]
    [InlineData("exponential:0.5", 2, 0.36787944117144233)] // e^-1
    [InlineData("constant", 1_000_000, 1)]
    public void Weight_PublishedVectors(string function, long staleness, double expected) =>
        Assert.Equal(expected, StalenessFunctions.Parse(function).Weight(staleness), 1e-15);

    [Theory]
    [InlineData("constant")]
    [InlineData("polynomial:0.5")]
    [InlineData("polynomial:7")]
    [InlineData("hinge:10,4")]
    [InlineData("hinge:0.01,0")]
    [InlineData("exponential:0.01")]
    [InlineData("exponential:50")]
    public void Weight_AnyFunction_StartsAtOneAndNeverGrows(string text)
    {
        var function = StalenessFunctions.Parse(text);
        Assert.Equal(1, function.Weight(0));
        var last = 1.0;
        for (long t = 1; t < 1 << 20; t += 1 + t / 4)
        {
            var weight = function.Weight(t);
            Assert.InRange(weight, 0, last);
            last = weight;
        }
    }
}
