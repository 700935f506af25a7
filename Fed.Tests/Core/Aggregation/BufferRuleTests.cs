using Fed.Core.Aggregation;

namespace Fed.Tests.Core.Aggregation;

public sealed class BufferRuleTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void ShouldClose_GoalReached_ClosesAtAnyAge()
    {
        var rule = new BufferRule(10, 3, Minute);
        Assert.False(rule.ShouldClose(9, TimeSpan.Zero));
        Assert.True(rule.ShouldClose(10, TimeSpan.Zero));
        Assert.True(rule.ShouldClose(11, TimeSpan.Zero));
    }

    [Fact]
    public void ShouldClose_AtTheDeadline_NeedsTheQuorum()
    {
        var rule = new BufferRule(10, 3, Minute);
        Assert.False(rule.ShouldClose(3, Minute - TimeSpan.FromTicks(1)));
        Assert.True(rule.ShouldClose(3, Minute));
        Assert.False(rule.ShouldClose(2, Minute));
        Assert.False(rule.ShouldClose(2, TimeSpan.FromDays(9)));
        Assert.True(rule.ShouldClose(3, TimeSpan.FromDays(9)));
    }

    [Fact]
    public void ShouldClose_NoDeadline_OnlyTheGoalCloses()
    {
        var rule = new BufferRule(10, 1, TimeSpan.Zero);
        Assert.False(rule.HasDeadline);
        Assert.False(rule.ShouldClose(9, TimeSpan.FromDays(29)));
        Assert.True(rule.ShouldClose(10, TimeSpan.Zero));
    }

    [Fact]
    public void ShouldClose_GoalOne_IsFedAsync() => Assert.True(new BufferRule(1, 1, TimeSpan.Zero).ShouldClose(1, default));

    [Fact]
    public void ShouldClose_EmptyBuffer_NeverCloses() =>
        Assert.False(new BufferRule(5, 1, Minute).ShouldClose(0, TimeSpan.FromDays(1)));

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(5, 5, 30 * 86_400)]
    public void Validate_InRange_Accepts(int goal, int quorum, double seconds) =>
        new BufferRule(goal, quorum, TimeSpan.FromSeconds(seconds)).Validate();

    [Theory]
    [InlineData(0, 1, 0, "goal is 0; it must be at least 1")]
    [InlineData(5, 0, 0, "quorum is 0; it must be 1 to the goal, 5")]
    [InlineData(5, 6, 0, "quorum is 6; it must be 1 to the goal, 5")]
    [InlineData(5, 1, -1, "deadline is -1 s; it must be 0 (none) to 30 days")]
    [InlineData(5, 1, 2_592_001, "deadline is 2592001 s; it must be 0 (none) to 30 days")]
    public void Validate_OutOfRange_NamesPropertyValueAndBound(int goal, int quorum, double seconds, string message) =>
        Assert.Equal(
            message,
            Assert.Throws<ArgumentException>(
                () => new BufferRule(goal, quorum, TimeSpan.FromSeconds(seconds)).Validate()).Message);
}
