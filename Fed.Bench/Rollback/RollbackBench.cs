using System.Diagnostics;
using Fed.Bench.Ingest;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Contracts.Versions;

namespace Fed.Bench.Rollback;

/// <summary>Goes back by one version, again and again, while all participants submit as fast as they may.</summary>
public sealed class RollbackBench(Uri server, int rollbacks)
{
    public const int Senders = 8;

    /// <summary>More than are sent from one rollback to the next; prepared, so that signing is not measured.</summary>
    private const int UpdatesEach = 300;

    private static readonly LoadSettings Settings = new(
        "rollback",
        IngestBench.SmallUpdate,
        Clusters: 2,
        Participants: Senders / 2,
        Goal: Senders / 2,
        GlobalGoal: 2,
        FederationMode.Async);

    public async Task<RollbackFigure> RunAsync(CancellationToken cancellation)
    {
        using var client = new FederationClient(server);
        using var federation = await LoadFederation.CreateAsync(client, Settings, cancellation);
        using var sender = new UpdateSender(server, federation, Senders);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var updates = federation.Prepare(UpdatesEach * (rollbacks + 1));
        var sent = 0L;
        var start = Stopwatch.GetTimestamp();
        var load = Task.WhenAll(Enumerable.Range(0, Senders).Select(participant => SubmitAsync(participant)));
        var (orders, effects) = (new double[rollbacks], new double[rollbacks]);
        var version = 0L;
        try
        {
            for (var i = 0; i < rollbacks; i++)
            {
                version = await NextAsync(client, version + 2, load, cancellation);
                var order = new RollbackRequest(version - 1, "bench", "measured");
                var begin = Stopwatch.GetTimestamp();
                version = (await client.RollBackAsync(Settings.Name, order, cancellation)).Version;
                orders[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
                for (var cluster = 0; cluster < Settings.Clusters; cluster++)
                    await AdoptedAsync(client, Settings.ClusterOf(cluster), version, cancellation);
                effects[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            }
        }
        finally
        {
            await enough.CancelAsync();
            await load.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return new RollbackFigure(
            rollbacks,
            Senders,
            Interlocked.Read(ref sent) / Stopwatch.GetElapsedTime(start).TotalSeconds,
            LoadRun.PercentileOf(orders, 0.5),
            orders.Max(),
            LoadRun.PercentileOf(effects, 0.5),
            effects.Max());

        async Task SubmitAsync(int participant)
        {
            // Participants take turns in what is prepared.
            for (var next = participant; next < updates.Length; next += Senders)
            {
                await sender.SendAsync(updates[next], enough.Token);
                Interlocked.Increment(ref sent);
            }

            throw new InvalidOperationException("the participants have sent all their updates too soon");
        }
    }

    /// <summary>The newest global version, once there are so many.</summary>
    private static async Task<long> NextAsync(
        FederationClient client, long least, Task load, CancellationToken cancellation)
    {
        while (true)
        {
            if (load.IsFaulted)
                await load;
            var newest = (await client.VersionsAsync(Settings.Name, "global", 1, cancellation))[0].Number;
            if (newest >= least)
                return newest;
        }
    }

    private static async Task AdoptedAsync(
        FederationClient client, string cluster, long version, CancellationToken cancellation)
    {
        while ((await client.VersionsAsync(Settings.Name, cluster, 1, cancellation))[0].GlobalVersion < version)
        {
            // Asked again at once, for the time is measured.
        }
    }
}
