using System.CommandLine;
using System.Diagnostics;
using Fed.Bench.Ingest;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Contracts.Versions;

namespace Fed.Bench;

/// <summary><c>fed bench rollback</c>: how soon a rollback takes effect while participants submit.</summary>
public static class RollbackCommand
{
    private const int MostRollbacks = 1000;

    public static Command Create()
    {
        var json = JsonFile.Option();
        var count = WholeNumber.Option("--rollbacks", "orders", 1, MostRollbacks, 10);
        var command = new Command(
            "rollback", $"time until a rollback takes effect while {RollbackBench.Senders} participants submit")
        {
            json, count,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                await using var silo = await SiloUnderLoad.StartAsync(
                    Path.GetTempPath(), new Dictionary<string, string>(), cancellation);
                var figure = await new RollbackBench(silo.Address, parsed.GetValue(count)).RunAsync(cancellation);
                Console.WriteLine(
                    $"{figure.Rollbacks} rollbacks while {figure.Senders} participants sent "
                    + $"{figure.UpdatesPerSecond:0} updates/s: answered after {figure.OrderP50Ms:0} ms (p50), "
                    + $"{figure.OrderMaxMs:0} (max); in effect in all clusters after {figure.EffectP50Ms:0} ms (p50), "
                    + $"{figure.EffectMaxMs:0} (max)");
                JsonFile.Write(parsed.GetValue(json), figure);
                return 0;
            }
            catch (Exception error) when (error is HttpRequestException or ProtocolException or InvalidDataException)
            {
                await Console.Error.WriteLineAsync($"fed bench: {error.Message}");
                return 1;
            }
        });
        return command;
    }
}

/// <summary>What orders to go back took while participants submitted, milliseconds.</summary>
/// <param name="Rollbacks">Orders.</param>
/// <param name="Senders">Participants that submitted without a pause.</param>
/// <param name="UpdatesPerSecond">Acknowledged meanwhile.</param>
/// <param name="OrderP50Ms">From the order to its answer: the restored version is durable, the others
/// are withdrawn.</param>
/// <param name="EffectP50Ms">From the order until every cluster has a version that descends from the
/// restored one.</param>
public sealed record RollbackFigure(
    int Rollbacks,
    int Senders,
    double UpdatesPerSecond,
    double OrderP50Ms,
    double OrderMaxMs,
    double EffectP50Ms,
    double EffectMaxMs);

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
