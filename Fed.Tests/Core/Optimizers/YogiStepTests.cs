using Fed.Core.Optimizers;

namespace Fed.Tests.Core.Optimizers;

public sealed class YogiStepTests
{
    [Fact]
    public void Step_ThreeRounds_EqualsReddiFormula()
    {
        // Reddi 2021, Algorithm 2, in float64 here: D = .5, .5, -.25 in turn, x0 = 0, v0 = tau^2, eta = .1, tau = 1e-3.
        var yogi = new YogiStep(0.1, 0.9, 0.99, 1e-3);
        float[] x = [0], m = [0], v = [yogi.InitialSecondMoment];
        var (target, first, second) = (0.0, 0.0, 1e-6);
        foreach (var delta in new[] { 0.5, 0.5, -0.25 })
        {
            first = 0.9 * first + 0.1 * delta;
            second -= 0.01 * delta * delta * Math.Sign(second - delta * delta);
            target += 0.1 * first / (Math.Sqrt(second) + 1e-3);
            yogi.Step([delta], x, m, v);
            Assert.Equal(target, x[0], 1e-7);
        }
    }

    [Fact]
    public void Step_SecondMoment_MovesTowardsTheSquareAndStaysThere()
    {
        // b2 = 1/2: v above, below and at D^2 = 4.
        float[] x = [0, 0, 0], m = [0, 0, 0], v = [9, 1, 4];
        new YogiStep(1, 0, 0.5, 1).Step([2, -2, 2], x, m, v);
        Assert.Equal([7f, 3f, 4f], v);
    }

    [Fact]
    public void Step_SmallDeltaAfterLarge_ForgetsSlowerThanAdam()
    {
        float[] x = [0], m = [0], yogi = [1], adam = [1];
        new YogiStep(1, 0, 0.5, 1).Step([0.125], x, m, yogi);
        new AdamStep(1, 0, 0.5, 1).Step([0.125], x, m, adam);
        Assert.Equal([1 - 0.5f / 64], yogi);
        Assert.Equal([0.5f + 0.5f / 64], adam);
    }

    [Fact]
    public void InitialSecondMoment_IsTauSquared_AsInThePaper()
    {
        Assert.Equal(1e-6f, new YogiStep(0.1, 0.9, 0.99, 1e-3).InitialSecondMoment);
        Assert.Equal(2, new YogiStep(0.1, 0.9, 0.99, 1e-3).Moments);
    }

    [Theory]
    [InlineData(0, 0.9, 0.9, 1)]
    [InlineData(1, 1, 0.9, 1)]
    [InlineData(1, 0.9, -0.1, 1)]
    [InlineData(1, 0.9, 1, 1)]
    [InlineData(1, 0.9, 0.9, -1)]
    public void Constructor_OutOfRange_IsRefused(double eta, double beta1, double beta2, double tau) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new YogiStep(eta, beta1, beta2, tau));
}
