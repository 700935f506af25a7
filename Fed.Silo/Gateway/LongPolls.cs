using System.Collections.Concurrent;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Participants;
using Orleans;

namespace Fed.Silo.Gateway;

/// <summary>
/// Where participants wait for work: here and not in calls of actors, which end at once. A cluster tells each gateway
/// once of a change, however many wait at it.
/// </summary>
public sealed class LongPolls(IGrainFactory grains, TimeProvider time, ILogger<LongPolls> logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, ClusterWatch> _watches = new(StringComparer.Ordinal);

    /// <summary>The next task; null when there is none within <paramref name="wait"/>.</summary>
    public async Task<ParticipantTask?> NextTaskAsync(
        string federation, string participant, TimeSpan wait, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<IParticipantGrain>(GrainKeys.Within(federation, participant));
        var until = time.GetUtcNow() + wait;
        while (true)
        {
            var answer = await grain.NextTask(cancellationToken).WaitAsync(cancellationToken);
            if (answer.Task is not null)
                return answer.Task;
            var left = until - time.GetUtcNow();
            if (left <= TimeSpan.Zero)
                return null;
            await WaitForChangeAsync(federation, answer.Cluster, answer.Revision, left, cancellationToken);
        }
    }

    /// <summary>
    /// Returns soon after the cluster's revision is another one than <paramref name="known"/>, or after the wait; at
    /// times sooner.
    /// </summary>
    public Task WaitForChangeAsync(
        string federation, string cluster, long known, TimeSpan wait, CancellationToken cancellationToken) =>
        _watches.GetOrAdd(GrainKeys.Within(federation, cluster), Watch).WaitAsync(known, wait, cancellationToken);

    public void Dispose()
    {
        foreach (var watch in _watches.Values)
            watch.Dispose();
    }

    private ClusterWatch Watch(string cluster) => new(cluster, grains, time, logger);
}
