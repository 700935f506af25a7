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

/// <summary>
/// One cluster's revision as this gateway knows it, and all who wait here for another. A message may be lost, with the
/// silo that was to send it for instance; so while somebody waits, the cluster is asked every <see cref="LookAgain"/>.
/// </summary>
internal sealed class ClusterWatch : IClusterObserver, IDisposable
{
    public static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly string _cluster;
    private readonly IClusterAggregatorGrain _grain;
    private readonly Lazy<IClusterObserver> _reference;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = Promise();
    private long _revision = -1;
    private int _messages;
    private int _waiting;

    public ClusterWatch(string cluster, IGrainFactory grains, TimeProvider time, ILogger logger)
    {
        _cluster = cluster;
        _grain = grains.GetGrain<IClusterAggregatorGrain>(cluster);
        _reference = new(() => grains.CreateObjectReference<IClusterObserver>(this));
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(_ => _ = LookAgainAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public async Task WaitAsync(long known, TimeSpan wait, CancellationToken cancellationToken)
    {
        // Either it has changed, or a message about it is on its way, or nobody has asked yet.
        if (Volatile.Read(ref _revision) != known)
            await LookAsync(cancellationToken);
        // The promise before the revision: no change can come between.
        var changed = Volatile.Read(ref _changed).Task;
        if (Volatile.Read(ref _revision) != known)
            return;

        Enter();
        try
        {
            await changed.WaitAsync(wait, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // No change within the wait.
        }
        finally
        {
            Leave();
        }
    }

    public Task Changed(long revision)
    {
        lock (_lock)
        {
            _messages++;
            if (!IsNews_NeedsLock(revision))
                return Task.CompletedTask;
        }

        Wake();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _timer.Dispose();
        _ended.Cancel();
        _ended.Dispose();
    }

    private void Enter()
    {
        lock (_lock)
        {
            if (_waiting++ == 0)
                _timer.Change(LookAgain, LookAgain);
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_waiting == 0)
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Asks for the present revision and to be told of the next ones.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var before = Volatile.Read(ref _messages);
        var revision = await _grain.Watch(_reference.Value, cancellationToken);
        lock (_lock)
        {
            // A message that has overtaken the answer stands: nobody would send it again.
            if (_messages != before || !IsNews_NeedsLock(revision))
                return;
        }

        Wake();
    }

    private async Task LookAgainAsync()
    {
        try
        {
            await LookAsync(_ended.Token);
        }
        catch (Exception) when (_ended.IsCancellationRequested)
        {
            // The gateway stops; so do those who wait.
        }
        catch (Exception error)
        {
            Log.ClusterUnwatched(_logger, error, _cluster);
            // Who waits asks, and hears the same.
            Wake();
        }
    }

    private bool IsNews_NeedsLock(long revision)
    {
        if (revision == _revision)
            return false;
        _revision = revision;
        return true;
    }

    private void Wake() => Interlocked.Exchange(ref _changed, Promise()).SetResult();

    private static TaskCompletionSource Promise() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
