using System.Text.Json;
using System.Threading.Channels;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Silo.Hosting;

namespace Fed.Silo.Gateway.Status;

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
