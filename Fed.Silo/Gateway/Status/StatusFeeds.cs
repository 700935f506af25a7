using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
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
