using Fed.Core.Optimizers;

namespace Fed.Tests.Core.Optimizers;

public sealed class AdaptiveStepTests
{
    [Fact]
    public void Adagrad_ThreeRounds_EqualsReddiVectors()
    {
        // Reddi 2021, Algorithm 2, computed in float64: D = .5, .5, -.25 in turn, x0 = 0, v0 = tau^2, eta = .1,
        // tau = 1e-3, b1 = 0. Ours keeps x, m and v as float32 between the rounds.
        var adagrad = AdaptiveStep.Adagrad(0.1, 0, 1e-3);
        float[] x = [0], m = [0], v = [adagrad.InitialSecondMoment];
        var expected = new[] { 0.0998002, 0.170410949, 0.13712203 };
        foreach (var (delta, target) in new[] { 0.5, 0.5, -0.25 }.Zip(expected))
        {
            adagrad.Step([delta], x, m, v);
            Assert.Equal(target, x[0], 1e-7);
        }
    }

    [Fact]
    public void Adagrad_FromZeroSecondMoment_EqualsFlowersVector()
    {
        // The peers' own test: x = .1, clients at .2 and 1, so D = .5; eta = .1, tau = .5, and v from 0, where we take
        // tau^2.
        float[] x = [0.1f], m = [0], v = [0];
        AdaptiveStep.Adagrad(0.1, 0, 0.5).Step([(0.2 + 1.0) / 2 - 0.1], x, m, v);
        Assert.Equal(0.15f, x[0], 1e-7f);
    }

    [Fact]
    public void Adagrad_InitialSecondMoment_IsTauSquaredAsInThePaper()
    {
        Assert.Equal(0.25f, AdaptiveStep.Adagrad(0.1, 0.9, 0.5).InitialSecondMoment);
        Assert.Equal(2, AdaptiveStep.Adagrad(0.1, 0.9, 0.5).Moments);
    }

    [Theory]
    [InlineData(0, 0.9, 1)]
    [InlineData(double.PositiveInfinity, 0.9, 1)]
    [InlineData(1, -0.1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 0.9, 0)]
    [InlineData(1, 0.9, 1e10)]
    [InlineData(1, 0.9, double.NaN)]
    public void Adagrad_OutOfRange_IsRefused(double eta, double beta1, double tau) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AdaptiveStep.Adagrad(eta, beta1, tau));

    [Fact]
    public void Adam_ThreeRounds_EqualsReddiVectors()
    {
        // Reddi 2021, Algorithm 2, computed in float64: D = .5, .5, -.25 in turn, x0 = 0, v0 = tau^2, eta = .1,
        // tau = 1e-3, betas .9 and .99. Ours keeps x, m and v as float32 between the rounds.
        var adam = AdaptiveStep.Adam(0.1, 0.9, 0.99, 1e-3);
        float[] x = [0], m = [0], v = [adam.InitialSecondMoment];
        var expected = new[] { 0.09802019, 0.230811869, 0.310937408 };
        foreach (var (delta, target) in new[] { 0.5, 0.5, -0.25 }.Zip(expected))
        {
            adam.Step([delta], x, m, v);
            Assert.Equal(target, x[0], 1e-7);
        }
    }

    [Fact]
    public void Adam_InitialSecondMoment_IsTauSquaredAsInThePaper()
    {
        Assert.Equal(1e-6f, AdaptiveStep.Adam(0.1, 0.9, 0.99, 1e-3).InitialSecondMoment);
        Assert.Equal(2, AdaptiveStep.Adam(0.1, 0.9, 0.99, 1e-3).Moments);
    }

    [Fact]
    public void Adam_NoMemory_IsElementWise()
    {
        // b1 = b2 = 0: m = D, v = D^2, so x += eta D / (|D| + tau).
        var adam = AdaptiveStep.Adam(0.5, 0, 0, 1);
        float[] x = [1, 2, 3], m = [9, 9, 9], v = [9, 9, 9];
        adam.Step([3, 0, -1], x, m, v);
        Assert.Equal([1.375f, 2f, 2.75f], x);
        Assert.Equal([3f, 0f, -1f], m);
        Assert.Equal([9f, 0f, 1f], v);
    }

    [Theory]
    [InlineData(0, 0.9, 0.9, 1)]
    [InlineData(1, -0.1, 0.9, 1)]
    [InlineData(1, 1, 0.9, 1)]
    [InlineData(1, 0.9, -0.1, 1)]
    [InlineData(1, 0.9, 1, 1)]
    [InlineData(1, 0.9, 0.9, 0)]
    [InlineData(1, 0.9, 0.9, -1)]
    public void Adam_OutOfRange_IsRefused(double eta, double beta1, double beta2, double tau) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AdaptiveStep.Adam(eta, beta1, beta2, tau));

    [Fact]
    public void Yogi_ThreeRounds_EqualsReddiFormula()
    {
        // Reddi 2021, Algorithm 2, in float64 here: D = .5, .5, -.25 in turn, x0 = 0, v0 = tau^2, eta = .1, tau = 1e-3.
        var yogi = AdaptiveStep.Yogi(0.1, 0.9, 0.99, 1e-3);
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
    public void Yogi_SecondMoment_MovesTowardsTheSquareAndStaysThere()
    {
        // b2 = 1/2: v above, below and at D^2 = 4.
        float[] x = [0, 0, 0], m = [0, 0, 0], v = [9, 1, 4];
        AdaptiveStep.Yogi(1, 0, 0.5, 1).Step([2, -2, 2], x, m, v);
        Assert.Equal([7f, 3f, 4f], v);
    }

    [Fact]
    public void Yogi_SmallDeltaAfterLarge_ForgetsSlowerThanAdam()
    {
        float[] x = [0], m = [0], yogi = [1], adam = [1];
        AdaptiveStep.Yogi(1, 0, 0.5, 1).Step([0.125], x, m, yogi);
        AdaptiveStep.Adam(1, 0, 0.5, 1).Step([0.125], x, m, adam);
        Assert.Equal([1 - 0.5f / 64], yogi);
        Assert.Equal([0.5f + 0.5f / 64], adam);
    }

    [Fact]
    public void Yogi_InitialSecondMoment_IsTauSquaredAsInThePaper()
    {
        Assert.Equal(1e-6f, AdaptiveStep.Yogi(0.1, 0.9, 0.99, 1e-3).InitialSecondMoment);
        Assert.Equal(2, AdaptiveStep.Yogi(0.1, 0.9, 0.99, 1e-3).Moments);
    }

    [Theory]
    [InlineData(0, 0.9, 0.9, 1)]
    [InlineData(1, 1, 0.9, 1)]
    [InlineData(1, 0.9, -0.1, 1)]
    [InlineData(1, 0.9, 1, 1)]
    [InlineData(1, 0.9, 0.9, -1)]
    public void Yogi_OutOfRange_IsRefused(double eta, double beta1, double beta2, double tau) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AdaptiveStep.Yogi(eta, beta1, beta2, tau));
}
