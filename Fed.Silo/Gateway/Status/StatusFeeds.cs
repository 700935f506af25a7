using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Silo.Hosting;
using Orleans;

namespace Fed.Silo.Gateway.Status;

/// <summary>
/// The live status of federations, as server-sent events: <c>status</c> with the JSON, and <c>beat</c>.
/// </summary>
public sealed class StatusFeeds(
    IGrainFactory grains, SiloOptions options, SiloPhase phase, TimeProvider clock, ILogger<StatusFeeds> logger)
{
    private readonly Dictionary<string, StatusWatch> _watches = new(StringComparer.Ordinal);

    /// <summary>Something happened in this federation: look soon, if anybody watches.</summary>
    public void Nudge(string federation)
    {
        lock (_watches)
        {
            if (_watches.TryGetValue(federation, out var watch))
                watch.Nudge();
        }
    }

    /// <summary>The present status and every change of it, until the client goes or the silo stops.</summary>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync(
        string federation, [EnumeratorCancellation] CancellationToken aborted)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, phase.Stopping);
        var watch = Join(federation);
        try
        {
            var snapshot = watch.Current;
            if (snapshot.Json is not null)
                yield return new SseItem<string>(snapshot.Json, "status");
            while (await NextAsync(snapshot, ended.Token) is { } next)
            {
                var changed = next != snapshot;
                snapshot = next;
                yield return changed
                    ? new SseItem<string>(snapshot.Json!, "status")
                    : new SseItem<string>("{}", "beat");
            }
        }
        finally
        {
            Leave(federation, watch);
        }
    }

    /// <returns>The newer snapshot; the same one when it is time for a beat; null at the end.</returns>
    private async Task<StatusSnapshot?> NextAsync(StatusSnapshot snapshot, CancellationToken ended)
    {
        try
        {
            return await snapshot.Next.WaitAsync(options.Timeouts.StatusBeat, clock, ended);
        }
        catch (TimeoutException)
        {
            return snapshot;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private StatusWatch Join(string federation)
    {
        lock (_watches)
        {
            if (!_watches.TryGetValue(federation, out var watch))
            {
                var grain = grains.GetGrain<IFederationGrain>(federation);
                watch = new StatusWatch(federation, grain, options.Timeouts, clock, logger);
                _watches.Add(federation, watch);
                watch.Start();
            }

            watch.Spectators++;
            return watch;
        }
    }

    private void Leave(string federation, StatusWatch watch)
    {
        lock (_watches)
        {
            if (--watch.Spectators > 0)
                return;
            _watches.Remove(federation);
        }

        watch.Dispose();
    }
}

/// <summary>
/// Looks at one federation for all its spectators: once per refresh interval, and soon when the gateway says that
/// something happened. A thousand open pages cost the actors as much as one.
/// </summary>
internal sealed class StatusWatch(
    string name, IFederationGrain federation, SiloTimeouts timeouts, TimeProvider clock, ILogger logger)
    : IDisposable
{
    private readonly CancellationTokenSource _stopped = new();
    private readonly Channel<bool> _nudges = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private StatusSnapshot _current = new(null);

    public StatusSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Counted by <see cref="StatusFeeds"/>, under its lock.</summary>
    public int Spectators { get; set; }

    public void Nudge() => _nudges.Writer.TryWrite(true);

    public void Start() => _ = Task.Run(WatchAsync);

    /// <summary>Ends the watch; it cleans up behind itself.</summary>
    public void Dispose() => _stopped.Cancel();

    private async Task WatchAsync()
    {
        // A burst of contributions is shown as one change, at most five a refresh interval.
        var pause = timeouts.StatusRefresh / 5;
        try
        {
            while (true)
            {
                await LookAsync();
                await Task.Delay(pause, clock, _stopped.Token);
                await WaitAsync(timeouts.StatusRefresh - pause);
            }
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // The last spectator has left.
        }
        finally
        {
            _stopped.Dispose();
        }
    }

    /// <summary>Until nudged, or for the given time: deadlines close buffers without any request.</summary>
    private async Task WaitAsync(TimeSpan time)
    {
        using var enough = new CancellationTokenSource(time, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, _stopped.Token);
        try
        {
            await _nudges.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!_stopped.IsCancellationRequested)
        {
            // The time is over.
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var status = await federation.GetStatus().WaitAsync(_stopped.Token);
            var json = JsonSerializer.Serialize(status, FedJson.Options);
            if (json == _current.Json)
                return;
            var newer = new StatusSnapshot(json);
            Interlocked.Exchange(ref _current, newer).Supersede(newer);
        }
        catch (Exception error) when (!_stopped.IsCancellationRequested)
        {
            // Told to the log; spectators keep the last state and their beats.
            Log.StatusUnknown(logger, error, name);
        }
    }
}

/// <summary>One state of a federation as it was published, and the promise of the next.</summary>
/// <param name="json">Null before the first look.</param>
internal sealed class StatusSnapshot(string? json)
{
    private readonly TaskCompletionSource<StatusSnapshot> _next =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string? Json { get; } = json;

    /// <summary>Completes when something newer is published.</summary>
    public Task<StatusSnapshot> Next => _next.Task;

    public void Supersede(StatusSnapshot newer) => _next.SetResult(newer);
}
