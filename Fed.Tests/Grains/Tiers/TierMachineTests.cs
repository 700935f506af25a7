using Fed.Core.Aggregation;
using Fed.Grains.Tiers;
using FsCheck;
using FsCheck.Fluent;

namespace Fed.Tests.Grains.Tiers;

/// <summary>What an aggregator does next, by facts and time alone.</summary>
public sealed class TierMachineTests
{
    private static readonly DateTimeOffset Opened = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Three of a goal of four, a quorum of two, ten seconds.</summary>
    private static readonly TierFacts Buffer = new(
        Version: 5,
        Finished: false,
        TierNews.None,
        Awaiting: false,
        HoldUntil: null,
        Gathered: 3,
        Enough: true,
        Opened,
        new BufferRule(Goal: 4, Quorum: 2, TimeSpan.FromSeconds(10)));

    [Fact]
    public void Next_WithoutAVersion_Begins() =>
        Assert.IsType<TierStep.Begin>(At(0, Buffer with { Version = -1, News = TierNews.Newer }));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Next_WithNews_TakesThemOverBeforeAnythingElse(bool finished)
    {
        var full = Buffer with { Gathered = 9, Finished = finished, Awaiting = true, HoldUntil = Opened };

        Assert.IsType<TierStep.Adopt>(At(100, full with { News = TierNews.Newer }));
        Assert.IsType<TierStep.Restore>(At(100, full with { News = TierNews.Restored }));
    }

    [Fact]
    public void Next_OfAFinishedTier_WaitsWhateverItHolds() =>
        Assert.Equal(new TierStep.Wait(null), At(100, Buffer with { Gathered = 9, Finished = true }));

    [Fact]
    public void Next_AtTheGoal_Folds() => Assert.IsType<TierStep.Fold>(At(0, Buffer with { Gathered = 4 }));

    [Theory]
    [InlineData(0, true)]
    [InlineData(9.999, true)]
    [InlineData(10, false)]
    [InlineData(1000, false)]
    public void Next_WithAQuorum_WaitsForTheDeadlineAndNoLonger(double seconds, bool waits)
    {
        var step = At(seconds, Buffer);

        Assert.Equal(waits ? new TierStep.Wait(Opened.AddSeconds(10)) : new TierStep.Fold(), step);
    }

    [Fact]
    public void Next_AtTheDeadlineShortOfTheQuorum_WaitsForTheNextContribution() =>
        Assert.Equal(new TierStep.Wait(null), At(10, Buffer with { Gathered = 1 }));

    [Fact]
    public void Next_WhatTheRuleCannotCombine_Waits() =>
        Assert.Equal(new TierStep.Wait(null), At(100, Buffer with { Gathered = 9, Enough = false }));

    [Fact]
    public void Next_WhileItsFoldIsAwaited_FoldsNothing()
    {
        var held = Buffer with { Gathered = 9, Awaiting = true, HoldUntil = Opened.AddSeconds(20) };

        Assert.Equal(new TierStep.Wait(Opened.AddSeconds(20)), At(19.9, held));
        Assert.IsType<TierStep.Release>(At(20, held));
        Assert.Equal(new TierStep.Wait(null), At(1e6, held with { HoldUntil = null }));
    }

    /// <summary>A wake-up at the moment that it names finds something to do, unless the quorum is missing then.</summary>
    [Fact]
    public void Next_AtTheTimeItSaidToWaitFor_DoesNotWaitForATimeAgain()
    {
        var facts =
            from version in Gen.Choose(-1, 3)
            from finished in Gen.Elements(true, false)
            from news in Gen.Elements(TierNews.None, TierNews.None, TierNews.Newer, TierNews.Restored)
            from awaiting in Gen.Elements(true, false)
            from hold in Gen.Choose(-5, 50)
            from gathered in Gen.Choose(0, 6)
            from enough in Gen.Elements(true, true, false)
            from goal in Gen.Choose(1, 5)
            from quorum in Gen.Choose(1, goal)
            from deadline in Gen.Choose(0, 30)
            select new TierFacts(
                version,
                finished,
                news,
                awaiting,
                hold < 0 ? null : Opened.AddSeconds(hold),
                gathered,
                enough,
                Opened,
                new BufferRule(goal, quorum, TimeSpan.FromSeconds(deadline)));

        Prop.ForAll(facts.ToArbitrary(), Gen.Choose(0, 60).ToArbitrary(), (tier, seconds) =>
        {
            if (TierMachine.Next(tier, Opened.AddSeconds(seconds)) is not TierStep.Wait { Until: { } until })
                return true;
            return until > Opened.AddSeconds(seconds)
                && TierMachine.Next(tier, until) is not TierStep.Wait { Until: not null };
        }).QuickCheckThrowOnFailure();
    }

    private static TierStep At(double seconds, TierFacts tier) => TierMachine.Next(tier, Opened.AddSeconds(seconds));
}
