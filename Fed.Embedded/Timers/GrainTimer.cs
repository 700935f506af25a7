using Fed.Embedded.Activations;
using Orleans.Runtime;

namespace Fed.Embedded.Timers;

/// <summary>
/// A timer of one activation. Each tick is a call that waits its turn; the next is set when it has ended.
/// </summary>
internal sealed class GrainTimer : IGrainTimer
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(0xfffffffe);
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _gate = new();
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private ITimer? _timer;
    private TimeSpan _dueTime;
    private TimeSpan _period;
    private bool _ticking;
    private bool _changed;

    private GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        Validate(options.DueTime, nameof(options.DueTime));
        Validate(options.Period, nameof(options.Period));
        _activation = activation;
        _callback = callback;
        _options = options;
        _period = options.Period;
    }

    public bool Interleaves => _options.Interleave;

    public bool KeepsAlive => _options.KeepAlive;

    /// <exception cref="ArgumentOutOfRangeException">A time is negative, not infinite, or beyond 49 days.</exception>
    public static GrainTimer Start(
        Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(activation, callback, options);
        activation.AddTimer(timer);
        var flow = ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow();
        try
        {
            timer._timer = activation.Silo.Time.CreateTimer(
                static state => ((GrainTimer)state!).Due(), timer, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            flow?.Dispose();
        }
        timer._timer.Change(options.DueTime, Timeout.InfiniteTimeSpan);
        return timer;
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Validate(dueTime, nameof(dueTime));
        Validate(period, nameof(period));
        lock (_gate)
        {
            (_changed, _dueTime, _period) = (true, dueTime, period);
            if (!_ticking)
            {
                _timer?.Change(dueTime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _timer?.Dispose();
        _activation.RemoveTimer(this);
    }

    /// <summary>Runs in the grain's turn.</summary>
    public async Task TickAsync()
    {
        if (_disposed.IsCancellationRequested)
        {
            return;
        }
        lock (_gate)
        {
            _changed = false;
        }
        try
        {
            await _callback(_disposed.Token);
        }
        finally
        {
            lock (_gate)
            {
                _ticking = false;
                if (!_disposed.IsCancellationRequested)
                {
                    _timer!.Change(_changed ? _dueTime : _period, Timeout.InfiniteTimeSpan);
                }
            }
        }
    }

    private void Due()
    {
        lock (_gate)
        {
            _ticking = true;
        }
        _activation.TryReceive(new TimerCall(this, _activation));
    }

    private static void Validate(TimeSpan value, string name)
    {
        if (value != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, s_longest, name);
        }
    }
}
