using Fed.Core.Optimizers;

namespace Fed.Tests.Core.Optimizers;

public sealed class PlainStepTests
{
    [Fact]
    public void Step_EtaOne_AddsTheMean()
    {
        float[] x = [1, 2, 3];
        new PlainStep(1).Step([0.5, -2, 0], x, [], []);
        Assert.Equal([1.5f, 0f, 3f], x);
        Assert.Equal(0, new PlainStep(1).Moments);
    }

    [Fact]
    public void Step_Alpha_IsFedAsyncMixing()
    {
        // x_t = (1-a) x + a x_new with D = x_new - x (Xie 2019): a = 1/4, x = 8, x_new = 16.
        float[] x = [8];
        new PlainStep(0.25).Step([16 - 8], x, [], []);
        Assert.Equal([(1 - 0.25f) * 8 + 0.25f * 16], x);
    }

    [Fact]
    public void Step_BetweenTwoFloats_RoundsHalfToEven()
    {
        // 1 + 2^-24 and 1 + 3 x 2^-24 are ties in float32: to even, down and up.
        float[] x = [1, 1];
        new PlainStep(1).Step([Math.ScaleB(1, -24), Math.ScaleB(3, -24)], x, [], []);
        Assert.Equal([1f, 1f + MathF.ScaleB(2, -23)], x);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Constructor_OutOfRange_IsRefused(double eta) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlainStep(eta));
}
