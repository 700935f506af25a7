using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Fed.Grains.Persistence;

/// <summary>
/// Work that a grain does by itself after it has answered: one run at a time, asked for again while it runs means once
/// more, and a failure is logged and tried again later. It must be idempotent, and not wait for another actor longer
/// than its token lets it: one that stops with the same silo never answers. For use from the turns of one grain only.
/// </summary>
#pragma warning disable CA1001 // A source without timer and wait handle holds nothing to dispose of.
public sealed class BackgroundWork(Grain owner, string name, Func<CancellationToken, Task> work, ILogger logger)
#pragma warning restore CA1001
{
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly GrainTimerSlot _retry = new(owner);
    private bool _asked;
    private Task _run = Task.CompletedTask;

    /// <summary>Completes when no run is under way.</summary>
    public Task Idle => _run;

    /// <summary>Of the last run; null when it went well.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Makes sure that a run begins after this call, unless it was stopped.</summary>
    public void Ask()
    {
        _asked = true;
        if (_run.IsCompleted && !_stop.IsCancellationRequested)
            _run = LoopAsync();
    }

    /// <summary>Completes with a run that begins after this call.</summary>
    /// <exception cref="Exception">It failed.</exception>
    public async Task RunAsync()
    {
        Ask();
        await _run;
        if (Failure is not null)
            ExceptionDispatchInfo.Throw(Failure);
    }

    /// <summary>Cancels the run under way and waits for its end; no other begins.</summary>
    /// <exception cref="OperationCanceledException">It did not end in time.</exception>
    public async Task StopAsync(CancellationToken limit)
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(limit);
    }

    private async Task LoopAsync()
    {
        while (_asked && !_stop.IsCancellationRequested)
        {
            _asked = false;
            try
            {
                await work(_stop.Token);
                Failure = null;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever failed (storage, a call), the work is asked for again and the failure logged.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Failure = error;
                Log.BackgroundWorkFailed(logger, error, name, owner.GetPrimaryKeyString(), RetryAfter);
                if (!_stop.IsCancellationRequested)
                    _retry.Arm(RetryAfter, Ask);
                return;
            }
        }
    }
}

/// <summary>
/// One wake-up of a grain, later ones in place of earlier ones. It makes things punctual; what must happen does not
/// depend on it, for a timer ends with its activation.
/// </summary>
internal sealed class GrainTimerSlot(Grain owner)
{
    private IGrainTimer? _timer;

    /// <param name="after">What is due already comes at once: nothing may be missed between two looks at the
    /// clock.</param>
    public void Arm(TimeSpan after, Action wake)
    {
        Clear();
        _timer = owner.RegisterGrainTimer(
            static (wake, _) =>
            {
                wake();
                return Task.CompletedTask;
            },
            wake,
            new GrainTimerCreationOptions
            {
                DueTime = after > TimeSpan.Zero ? after : TimeSpan.Zero,
                Period = Timeout.InfiniteTimeSpan,
                Interleave = true,
            });
    }

    public void Clear()
    {
        _timer?.Dispose();
        _timer = null;
    }
}

/// <summary>
/// Which actors of this silo had a write fail just now. The next activation answers at once, but lets a moment pass
/// before it works by itself: a store that is away is not asked again and again.
/// </summary>
public sealed class Setbacks(TimeProvider time)
{
    private readonly ConcurrentDictionary<GrainId, DateTimeOffset> _latest = new();

    /// <summary>A write of this actor has failed.</summary>
    public void Note(GrainId actor) => _latest[actor] = time.GetUtcNow();

    /// <summary>What is left of the moment; zero, as a rule.</summary>
    public TimeSpan LeftOf(GrainId actor)
    {
        if (!_latest.TryGetValue(actor, out var at))
            return TimeSpan.Zero;
        var left = at + BackgroundWork.RetryAfter - time.GetUtcNow();
        if (left > TimeSpan.Zero)
            return left;
        _latest.TryRemove(actor, out _);
        return TimeSpan.Zero;
    }
}
