using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Fed.Grains.Persistence;

/// <summary>
/// Work that a grain does by itself after it has answered: one run at a time, asked for again while it runs means once
/// more, and a failure is logged and tried again later. It must be idempotent. For use from the turns of one grain
/// only.
/// </summary>
public sealed class BackgroundWork(Grain owner, string name, Func<Task> work, ILogger logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private bool _asked;
    private Task _run = Task.CompletedTask;
    private IGrainTimer? _retry;

    /// <summary>Completes when no run is under way.</summary>
    public Task Idle => _run;

    /// <summary>Of the last run; null when it went well.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Makes sure that a run begins after this call.</summary>
    public void Ask()
    {
        _asked = true;
        if (_run.IsCompleted)
            _run = RunAsync();
    }

    private async Task RunAsync()
    {
        while (_asked)
        {
            _asked = false;
            try
            {
                await work();
                Failure = null;
            }
#pragma warning disable CA1031 // Whatever failed (storage, a call), the work is asked for again and the failure logged.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Failure = error;
                Log.BackgroundWorkFailed(logger, error, name, owner.GetPrimaryKeyString(), RetryAfter);
                _retry?.Dispose();
                _retry = owner.RegisterGrainTimer(
                    static (self, _) =>
                    {
                        self.Ask();
                        return Task.CompletedTask;
                    },
                    this,
                    new GrainTimerCreationOptions
                    {
                        DueTime = RetryAfter,
                        Period = Timeout.InfiniteTimeSpan,
                        Interleave = true,
                    });
                return;
            }
        }
    }
}
