using Fed.MediaQc.Cues;

namespace Fed.Tests.MediaQc.Cues;

public sealed class CueMeasuresTests
{
    [Theory]
    [InlineData(0.1, 0.3, 0.1, 1, 0, CueClass.Ok)]
    [InlineData(0.1, 0.3, 0.1, 1, 1, CueClass.MissingNeighbour)]
    [InlineData(0.7, -0.4, 0.6, 1, 1, CueClass.Early)]
    [InlineData(-0.4, 0.8, 0.5, 1, 1, CueClass.Late)]
    [InlineData(0.1, 0.3, 0.1, 2.1, 0, CueClass.WrongText)]
    [InlineData(0.1, 0.3, 0.1, 0.4, 0, CueClass.WrongText)]
    [InlineData(20, -19, 0.9, 1, 2, CueClass.WrongText)]
    public void Label_WhereARuleHolds_IsItsClass(
        double lead, double tail, double elsewhere, double letters, double uncovered, CueClass expected) =>
        Assert.Equal(expected, new CueMeasures(lead, tail, elsewhere, letters, uncovered).Label());

    [Theory]
    [InlineData(0.5, 0.3, 0.3, 1, 0)] // neither right nor early
    [InlineData(0.1, 0.3, 0.1, 1, 0.5)] // some speech without a cue
    [InlineData(0.8, 0.9, 0.1, 1, 0)] // too long, not early
    [InlineData(2.5, -2, 0.9, 1, 2)] // early, its speech out of sight
    [InlineData(20, -19, 0.2, 1, 2)] // elsewhere, where other speech happens to fit
    [InlineData(0.7, -0.4, 0.6, 3, 0)] // two faults
    public void Label_BetweenTheRules_IsNone(
        double lead, double tail, double elsewhere, double letters, double uncovered) =>
        Assert.Null(new CueMeasures(lead, tail, elsewhere, letters, uncovered).Label());

    [Fact]
    public void Severity_GrowsWithTheFault_AndIsZeroForWhatIsRight()
    {
        Assert.Equal(0, new CueMeasures(0.1, 0.1, 0, 1, 0).Severity(CueClass.Ok));
        Assert.Equal([1, 2, 3], new[] { 0.6, 1, 2 }.Select(Early));
        Assert.Equal([1, 2, 3], new[] { 2, 0.35, 0.2 }.Select(OtherText));

        static int Early(double lead) => new CueMeasures(lead, 0, 0, 1, 0).Severity(CueClass.Early);

        static int OtherText(double ratio) => new CueMeasures(0, 0, 0, ratio, 0).Severity(CueClass.WrongText);
    }
}
