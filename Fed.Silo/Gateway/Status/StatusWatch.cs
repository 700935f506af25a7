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
{
    private readonly CancellationTokenSource stopped = new();
    private readonly Channel<bool> nudges = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private StatusSnapshot current = new(null);

    public StatusSnapshot Current => Volatile.Read(ref current);

    /// <summary>Counted by <see cref="StatusFeeds"/>, under its lock.</summary>
    public int Spectators { get; set; }

    public void Nudge() => nudges.Writer.TryWrite(true);

    public void Start() => _ = Task.Run(WatchAsync);

    public void Stop() => stopped.Cancel();

    private async Task WatchAsync()
    {
        // A burst of contributions is shown as one change, at most five a refresh interval.
        var pause = timeouts.StatusRefresh / 5;
        try
        {
            while (true)
            {
                await LookAsync();
                await Task.Delay(pause, clock, stopped.Token);
                await WaitAsync(timeouts.StatusRefresh - pause);
            }
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // The last spectator has left.
        }
    }

    /// <summary>Until nudged, or for the given time: deadlines close buffers without any request.</summary>
    private async Task WaitAsync(TimeSpan time)
    {
        using var enough = new CancellationTokenSource(time, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, stopped.Token);
        try
        {
            await nudges.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopped.IsCancellationRequested)
        {
            // The time is over.
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var status = await federation.GetStatus().WaitAsync(stopped.Token);
            var json = JsonSerializer.Serialize(status, FedJson.Options);
            if (json == current.Json)
                return;
            var newer = new StatusSnapshot(json);
            Interlocked.Exchange(ref current, newer).Supersede(newer);
        }
        catch (Exception error) when (!stopped.IsCancellationRequested)
        {
            // Told to the log; spectators keep the last state and their beats.
            Log.StatusUnknown(logger, error, name);
        }
    }
}
