using Fed.Grains.Telemetry;

namespace Fed.Tests.Grains.Telemetry;

public sealed class LabelSpreadTests
{
    [Fact]
    public void Of_Nobody_IsNotKnown() => Assert.Null(LabelSpread.Of([]));

    [Fact]
    public void Of_OnesWithTheSameShares_IsZeroHoweverManyExamplesTheyHave()
    {
        var spread = LabelSpread.Of([[1, 3], [100, 300]])!;

        Assert.Equal((2, 0.0, 0.0), (spread.Sharing, spread.Mean, spread.Max));
        Assert.Equal([0.25, 0.75], spread.Shares);
    }

    [Fact]
    public void Of_OneThatHasAClassOfItsOwn_IsFarthestAway()
    {
        // Of all together: .45 .45 .1. The first two are .1 away from it, the third .9.
        var spread = LabelSpread.Of([[45, 45, 0], [450, 450, 0], [0, 0, 110]])!;

        Assert.Equal([495.0 / 1100, 495.0 / 1100, 0.1], spread.Shares);
        Assert.Equal(0.9, spread.Max, 1e-12);
        Assert.Equal((0.1 + 0.1 + 0.9) / 3, spread.Mean, 1e-12);
    }
}
