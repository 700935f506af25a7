using Orleans;
using Orleans.Runtime;

namespace Fed.Grains.Persistence;

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
