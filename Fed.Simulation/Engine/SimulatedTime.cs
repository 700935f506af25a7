namespace Fed.Simulation.Engine;

/// <summary>A process' clock; its timers end with the process.</summary>
internal sealed class SimulatedTime(EventQueue events, Func<bool> isAlive) : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="ticks">Since the beginning.</param>
    public static DateTimeOffset At(long ticks) => Start.AddTicks(ticks);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => At(events.Now);

    public override long GetTimestamp() => events.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(SimulatedTime time, TimerCallback callback, object? state) : ITimer
    {
        private int _generation;
        private TimeSpan _period;
        private bool _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _generation++;
            _period = period;
            if (_disposed)
                return false;
            if (dueTime != Timeout.InfiniteTimeSpan)
                Arm(dueTime);
            return true;
        }

        public void Dispose()
        {
            _disposed = true;
            _generation++;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan dueTime)
        {
            var generation = _generation;
            time.Events.After(dueTime, "timer", () => Fire(generation));
        }

        private void Fire(int generation)
        {
            if (generation != _generation || !time.IsAlive)
                return;
            if (_period > TimeSpan.Zero)
                Arm(_period);
            callback(state);
        }
    }

    private EventQueue Events => events;

    private bool IsAlive => isAlive();
}
