using System.Collections.Concurrent;
using Orleans.Runtime;

namespace Fed.Grains.Persistence;

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
