using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

public sealed class LabellerTests
{
    private static readonly RegionMeasures Perfect = new(
        ErrorRms: 0.5,
        SourceDetail: 15,
        DetailKept: 0.98,
        BlockExcess: 0,
        BlockRatio: 1,
        SourceRange: 90,
        DeliveredRange: 90,
        SourceFlat: 0.02,
        DeliveredFlat: 0.02,
        Repeats: 0,
        RepeatedMotion: 0,
        ErrorDetail: 1,
        Flicker: 0.1);

    [Fact]
    public void OfCoding_FaithfulRegion_IsCleanWithoutSeverity() =>
        Assert.Equal(new QcLabel(QcClasses.Clean, 0), Labeller.OfCoding(Perfect));

    [Theory]
    [InlineData(1.4, 1)]
    [InlineData(1.6, 2)]
    [InlineData(2.5, 3)]
    public void OfCoding_StepsOnTheGrid_AreBlockingByRatio(double ratio, byte severity) =>
        Assert.Equal(
            new QcLabel(QcClasses.Blocking, severity),
            Labeller.OfCoding(Perfect with { BlockExcess = 2, BlockRatio = ratio, ErrorRms = 6 }));

    [Fact]
    public void OfCoding_LostDetail_IsBlur() =>
        Assert.Equal(
            new QcLabel(QcClasses.Blur, 3),
            Labeller.OfCoding(Perfect with { DetailKept = 0.1, ErrorRms = 8 }));

    [Fact]
    public void OfCoding_GradientTurnedToPlateaus_IsBanding() =>
        Assert.Equal(
            new QcLabel(QcClasses.Banding, 2),
            Labeller.OfCoding(Perfect with { SourceDetail = 1.5, SourceRange = 20, DeliveredFlat = 0.8, DetailKept = 0.3 }));

    [Fact]
    public void OfCoding_BetweenCleanAndFault_GetsNoLabel() =>
        Assert.Null(Labeller.OfCoding(Perfect with { DetailKept = 0.7, ErrorRms = 3 }));

    [Theory]
    [InlineData("freeze:before:3", "freeze")]
    [InlineData("comb:before:1", "field")]
    [InlineData("ghost:before:0.5", "ghosting")]
    [InlineData("echo:before:8", "ghosting")]
    [InlineData("noise:after:6", "noise")]
    [InlineData("flicker:before:8", "flicker")]
    [InlineData("flutter:after:6", "flicker")]
    public void OfFault_VisibleFault_GetsItsClass(string fault, string expected)
    {
        var measures = Perfect with { ErrorRms = 9, ErrorDetail = 30, Repeats = 8, RepeatedMotion = 3, Flicker = 2 };

        Assert.Equal(expected, Labeller.OfFault(ChainFault.Parse(fault), measures)?.Class);
    }

    [Theory]
    [InlineData("freeze:before:3")]
    [InlineData("comb:before:1")]
    [InlineData("ghost:before:0.5")]
    [InlineData("echo:before:8")]
    [InlineData("noise:after:6")]
    [InlineData("flicker:before:8")]
    public void OfFault_FaultThatDoesNotShowHere_GetsNoLabel(string fault) =>
        Assert.Null(Labeller.OfFault(ChainFault.Parse(fault), Perfect));

    [Fact]
    public void OfCoding_LightThatSwingsOrRepeats_IsNotClean()
    {
        Assert.Null(Labeller.OfCoding(Perfect with { Flicker = 0.8 }));
        Assert.Null(Labeller.OfCoding(Perfect with { Repeats = 1 }));
    }

    [Theory]
    [InlineData("flicker:before:50", "2 to 30")]
    [InlineData("echo:after:1", "4 to 24")]
    [InlineData("melt:before:1", "kind")]
    [InlineData("noise:before", "kind:before|after:strength")]
    [InlineData("noise:before:99", "2 to 30")]
    [InlineData("ghost:after:0.9", "0.2 to 0.5")]
    public void ChainFault_BadText_SaysWhatIsAllowed(string text, string expected) =>
        Assert.Contains(expected, ChainFault.Problem(text), StringComparison.Ordinal);
}
