using Fed.Core.Optimizers;

namespace Fed.Tests.Core.Optimizers;

public sealed class AdamStepTests
{
    [Fact]
    public void Step_ThreeRounds_EqualsReddiVectors()
    {
        // Reddi 2021, Algorithm 2, computed in float64: D = .5, .5, -.25 in turn, x0 = 0, v0 = tau^2, eta = .1,
        // tau = 1e-3, betas .9 and .99. Ours keeps x, m and v as float32 between the rounds.
        var adam = new AdamStep(0.1, 0.9, 0.99, 1e-3);
        float[] x = [0], m = [0], v = [adam.InitialSecondMoment];
        var expected = new[] { 0.09802019, 0.230811869, 0.310937408 };
        foreach (var (delta, target) in new[] { 0.5, 0.5, -0.25 }.Zip(expected))
        {
            adam.Step([delta], x, m, v);
            Assert.Equal(target, x[0], 1e-7);
        }
    }

    [Fact]
    public void InitialSecondMoment_IsTauSquared_AsInThePaper()
    {
        Assert.Equal(1e-6f, new AdamStep(0.1, 0.9, 0.99, 1e-3).InitialSecondMoment);
        Assert.Equal(2, new AdamStep(0.1, 0.9, 0.99, 1e-3).Moments);
    }

    [Fact]
    public void Step_NoMemory_IsElementWise()
    {
        // b1 = b2 = 0: m = D, v = D^2, so x += eta D / (|D| + tau).
        var adam = new AdamStep(0.5, 0, 0, 1);
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
    public void Constructor_OutOfRange_IsRefused(double eta, double beta1, double beta2, double tau) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamStep(eta, beta1, beta2, tau));
}
