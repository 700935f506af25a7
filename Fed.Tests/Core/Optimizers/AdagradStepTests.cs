using Fed.Core.Optimizers;

namespace Fed.Tests.Core.Optimizers;

public sealed class AdagradStepTests
{
    [Fact]
    public void Step_ThreeRounds_EqualsReddiVectors()
    {
        // Reddi 2021, Algorithm 2, computed in float64: D = .5, .5, -.25 in turn, x0 = 0, v0 = tau^2, eta = .1,
        // tau = 1e-3, b1 = 0. Ours keeps x, m and v as float32 between the rounds.
        var adagrad = new AdagradStep(0.1, 0, 1e-3);
        float[] x = [0], m = [0], v = [adagrad.InitialSecondMoment];
        var expected = new[] { 0.0998002, 0.170410949, 0.13712203 };
        foreach (var (delta, target) in new[] { 0.5, 0.5, -0.25 }.Zip(expected))
        {
            adagrad.Step([delta], x, m, v);
            Assert.Equal(target, x[0], 1e-7);
        }
    }

    [Fact]
    public void Step_FromZeroSecondMoment_EqualsFlowersVector()
    {
        // The peers' own test: x = .1, clients at .2 and 1, so D = .5; eta = .1, tau = .5, and v from 0, where we take
        // tau^2.
        float[] x = [0.1f], m = [0], v = [0];
        new AdagradStep(0.1, 0, 0.5).Step([(0.2 + 1.0) / 2 - 0.1], x, m, v);
        Assert.Equal(0.15f, x[0], 1e-7f);
    }

    [Fact]
    public void InitialSecondMoment_IsTauSquared_AsInThePaper()
    {
        Assert.Equal(0.25f, new AdagradStep(0.1, 0.9, 0.5).InitialSecondMoment);
        Assert.Equal(2, new AdagradStep(0.1, 0.9, 0.5).Moments);
    }

    [Theory]
    [InlineData(0, 0.9, 1)]
    [InlineData(double.PositiveInfinity, 0.9, 1)]
    [InlineData(1, -0.1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 0.9, 0)]
    [InlineData(1, 0.9, 1e10)]
    [InlineData(1, 0.9, double.NaN)]
    public void Constructor_OutOfRange_IsRefused(double eta, double beta1, double tau) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdagradStep(eta, beta1, tau));
}
