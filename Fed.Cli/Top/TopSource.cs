using Fed.Cli.Commands;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;

namespace Fed.Cli.Top;

/// <summary>Asks a server as anybody may.</summary>
/// <param name="federation">Null: all of them, <paramref name="most"/> at most.</param>
internal sealed class TopSource(FederationClient client, string? federation, int most, TimeProvider time)
{
    public async Task<TopReading> ReadAsync(CancellationToken cancellationToken)
    {
        if (federation is not null)
            return new(time.GetUtcNow(), [await client.StatusAsync(federation, cancellationToken)], Left: 0);
        var names = await client.FederationsAsync(cancellationToken);
        var found = new List<FederationStatus>();
        foreach (var name in names.Take(most))
        {
            try
            {
                found.Add(await client.StatusAsync(name, cancellationToken));
            }
            catch (ProtocolException unknown) when (unknown.Refusal == RefusalCode.UnknownFederation)
            {
                // A server lists a federation before it is created: it is there the next time.
            }
        }

        return new(time.GetUtcNow(), found, Math.Max(0, names.Count - most));
    }
}

/// <summary>Reads again and again, over outages of the server.</summary>
internal sealed class TopWatch(
    Func<CancellationToken, Task<TopReading>> read, Action<TopReading?, TopOutage?> show, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private TopReading? _last;
    private TopOutage? _outage;

    /// <summary>Until it is cancelled.</summary>
    /// <exception cref="ProtocolException">The server refuses for good: it has no such federation, say.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                _last = await read(cancellationToken);
                _outage = null;
            }
            catch (Exception error) when (Failures.IsOutage(error))
            {
                _outage = new(_outage?.Since ?? time.GetUtcNow(), Failures.Explain(error).Message);
            }

            show(_last, _outage);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }
}
