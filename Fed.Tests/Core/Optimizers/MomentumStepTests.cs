using Fed.Core.Optimizers;

namespace Fed.Tests.Core.Optimizers;

public sealed class MomentumStepTests
{
    [Fact]
    public void Step_ThreeRounds_EqualsHandVectors()
    {
        // FedAvgM (Hsu 2019) with eta = 1/2, beta = 3/4, all exact in binary:
        // m = 1, 7/4, 5/16; x += m/2 = 1/2, 11/8, 49/32.
        var step = new MomentumStep(0.5, 0.75);
        float[] x = [0], m = [0];
        foreach (var (delta, moment, target) in new[] { (1.0, 1f, 0.5f), (1.0, 1.75f, 1.375f), (-1.0, 0.3125f, 1.53125f) })
        {
            step.Step([delta], x, m, []);
            Assert.Equal(moment, m[0]);
            Assert.Equal(target, x[0]);
        }
    }

    [Fact]
    public void Step_BetaZero_IsThePlainStep()
    {
        double[] mean = [0.1, -3, 1e-9];
        float[] x = [1, 2, 3], plain = [1, 2, 3], m = [5, 5, 5];
        new MomentumStep(1, 0).Step(mean, x, m, []);
        new PlainStep(1).Step(mean, plain, [], []);
        // m is stored as float32 on the way, so equal to float precision of the step.
        Assert.All(x.Zip(plain), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
        Assert.Equal(1, new MomentumStep(1, 0).Moments);
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(-1, 0.5)]
    [InlineData(1, -0.5)]
    [InlineData(1, 1)]
    [InlineData(1, double.NaN)]
    [InlineData(double.NaN, 0.5)]
    [InlineData(double.PositiveInfinity, 0.5)]
    public void Constructor_OutOfRange_IsRefused(double eta, double beta) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MomentumStep(eta, beta));
}
