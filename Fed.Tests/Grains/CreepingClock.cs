namespace Fed.Tests.Grains;

/// <summary>
/// Another clock, of which a tick more has gone by with each look at it. Orleans' own loops wait until a moment, in
/// whole milliseconds, and look again: on a clock that stands less than a millisecond before that moment they would look for
/// ever, on the very thread that moved the clock.
/// </summary>
internal sealed class CreepingClock(TimeProvider clock) : TimeProvider
{
    private long _looks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow().AddTicks(Interlocked.Increment(ref _looks));

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);
}
