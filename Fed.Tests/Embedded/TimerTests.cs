using Fed.Tests.Embedded.Grains;
using Fed.Tests.Embedded.Runtime;

namespace Fed.Tests.Embedded;

/// <summary>Grain timers: ticks are turns of the grain; the period runs from the end of one to the next.</summary>
[Collection(SiloCollection.Name)]
public sealed class TimerTests(SiloFixture silo)
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(10);
    private readonly string _key = SiloFixture.NewKey();

    private ITimerGrain Grain => silo.Grains.GetGrain<ITimerGrain>(_key);

    [Fact]
    public async Task Timer_WithAPeriod_TicksAgainAndAgain()
    {
        await Grain.Start(s_short, s_short, interleave: false);

        await silo.Signals.Wait($"{_key}:tick#3");
        await Grain.Stop();
    }

    [Fact]
    public async Task Timer_WithoutAPeriod_TicksOnce()
    {
        await Grain.Start(s_short, Timeout.InfiniteTimeSpan, interleave: false);
        await silo.Signals.Wait($"{_key}:tick#1");

        // Another timer ticks five times meanwhile.
        var other = silo.Grains.GetGrain<ITimerGrain>(_key + "other");
        await other.Start(s_short, s_short, interleave: false);
        await silo.Signals.Wait($"{_key}other:tick#5");
        await other.Stop();

        Assert.Equal(1, silo.Signals.CountOf($"{_key}:tick"));
    }

    [Fact]
    public async Task Timer_ByDefault_WaitsForTheRunningCall()
    {
        var held = Grain.Hold(_key);
        await silo.Signals.Wait($"{_key}:in");
        var next = Grain.Start(TimeSpan.Zero, s_short, interleave: false);
        Assert.False(next.IsCompleted);
        silo.Signals.Set($"{_key}:go");
        await Task.WhenAll(held, next);
        await silo.Signals.Wait($"{_key}:tick#1");

        var again = Grain.Hold($"{_key}2");
        await silo.Signals.Wait($"{_key}2:in");
        var ticks = silo.Signals.CountOf($"{_key}:tick");
        var other = silo.Grains.GetGrain<ITimerGrain>(_key + "other");
        await other.Start(s_short, s_short, interleave: false);
        await silo.Signals.Wait($"{_key}other:tick#5");

        Assert.Equal(ticks, silo.Signals.CountOf($"{_key}:tick"));
        silo.Signals.Set($"{_key}2:go");
        await again;
        await Grain.Stop();
        await other.Stop();
    }

    [Fact]
    public async Task Timer_ThatInterleaves_TicksDuringACall()
    {
        await Grain.Start(s_short, s_short, interleave: true);
        var held = Grain.Hold(_key);
        await silo.Signals.Wait($"{_key}:in");
        var before = silo.Signals.CountOf($"{_key}:tick");

        await silo.Signals.Wait($"{_key}:tick#{before + 3}");

        Assert.False(held.IsCompleted);
        silo.Signals.Set($"{_key}:go");
        await held;
        await Grain.Stop();
    }

    [Fact]
    public async Task Timer_WhoseCallbackThrows_GoesOn()
    {
        await Grain.StartFailing();

        await silo.Signals.Wait($"{_key}:tick#3");
        await Grain.End();
    }

    [Fact]
    public async Task Timer_Changed_TicksAtItsNewTime()
    {
        await Grain.StartAndChange();

        await silo.Signals.Wait($"{_key}:tick#2");
        await Grain.End();
    }

    [Fact]
    public async Task Timer_Disposed_CancelsItsCallbacksToken()
    {
        await Grain.StartHolding();
        await silo.Signals.Wait($"{_key}:tick#1");

        await Grain.Stop();

        await silo.Signals.Wait($"{_key}:cancelled");
        Assert.Equal(1, silo.Signals.CountOf($"{_key}:tick"));
    }

    [Fact]
    public async Task Timer_OfADeactivatedGrain_Stops()
    {
        await Grain.Start(s_short, s_short, interleave: false);
        await silo.Signals.Wait($"{_key}:tick#1");

        await Grain.End();
        // This call runs on the next activation, so the old one has ended.
        await Grain.StartBad();
        var ticks = silo.Signals.CountOf($"{_key}:tick");
        var other = silo.Grains.GetGrain<ITimerGrain>(_key + "other");
        await other.Start(s_short, s_short, interleave: false);
        await silo.Signals.Wait($"{_key}other:tick#5");

        Assert.Equal(ticks, silo.Signals.CountOf($"{_key}:tick"));
        await other.Stop();
    }

    [Fact]
    public async Task Timer_WithANegativeTime_IsRefused()
    {
        Assert.Equal(nameof(ArgumentOutOfRangeException), await Grain.StartBad());
    }
}
