using System.Text.Json;
using System.Text.Json.Serialization;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.MediaQc.Folders;

namespace Fed.Cli.Chaos;

/// <summary><c>fed chaos</c> from its options to its figures: runs until there were kills enough.</summary>
internal sealed class ChaosSession(ChaosOptions options, DataFolder data, string folder, TimeProvider time)
{
    /// <summary>A run lasts for some twenty kills: longer ones would only repeat its start less often.</summary>
    private const int MostRounds = 60;

    private const int FewestRounds = 12;

    /// <summary>Rounds that pass between two kills, or nearly.</summary>
    private const int RoundsPerKill = 3;

    private readonly List<ChaosRunResult> _runs = [];
    private readonly long _began = time.GetTimestamp();
    private bool _equal = true;

    private int Kills => _runs.Sum(run => run.Kills);

    public static async Task<int> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        if (options.Storage == ChaosStorage.Azure
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Programs.BlobsVariable)))
        {
            throw new AgentException(
                ExitCode.Usage,
                $"--storage azure needs a connection string in {Programs.BlobsVariable}, which is not set; give "
                + "Azurite's or an account's, or take --storage file");
        }

        if (options.JsonFile is { } file)
            OutputFile.RequireWritable(file, "--json");
        var folder = Directory.CreateTempSubdirectory("fed-chaos-").FullName;
        var session = new ChaosSession(options, DataFolder.Open(options.DataFolder), folder, TimeProvider.System);
        var sound = false;
        try
        {
            sound = await session.RunAsync(cancellationToken);
            return sound ? ExitCode.Success : ExitCode.Failure;
        }
        finally
        {
            // What went wrong is to be looked at.
            if (sound || cancellationToken.IsCancellationRequested)
                Directory.Delete(folder, recursive: true);
            else
                await Console.Error.WriteLineAsync($"fed chaos: the data of silo and agents are kept in {folder}");
        }
    }

    private async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var plan = new KillPlan(options.Seed, options.Role, ChaosFederation.Houses * ChaosFederation.Clusters);
        for (var run = 0; Kills < options.Kills; run++)
            await RunAsync(run, plan, cancellationToken);
        var result = ChaosResult.Of(_runs, _equal);
        var json = JsonSerializer.Serialize(result, FedJson.Indented);
        Console.WriteLine(json);
        if (options.JsonFile is { } file)
            await File.WriteAllTextAsync(file, json + "\n", cancellationToken);
        return result.IsSound;
    }

    /// <summary>Synchronous and asynchronous ones in turn, each with a seed of its own.</summary>
    private async Task RunAsync(int run, KillPlan plan, CancellationToken cancellationToken)
    {
        var mode = run % 2 == 0 ? FederationMode.Sync : FederationMode.Async;
        var missing = options.Kills - Kills;
        var rounds = Math.Clamp(missing * RoundsPerKill, FewestRounds, MostRounds);
        var federation = ChaosFederation.Make(data, mode, options.Seed + run, rounds);
        string? expected = null;
        if (mode == FederationMode.Sync)
        {
            Say($"run {run + 1}: {rounds} synchronous rounds without kills");
            expected = (await Start(federation, $"{run}-calm").RunAsync(null, 0, cancellationToken)).Audit.FinalSha256;
        }

        Say($"run {run + 1}: the same with kills, {(mode == FederationMode.Sync ? "synchronous" : "asynchronous")}");
        var result = await Start(federation, $"{run}").RunAsync(plan, missing, cancellationToken);
        _runs.Add(result);
        var equal = expected is null || expected == result.Audit.FinalSha256;
        _equal &= equal;
        foreach (var fault in result.Audit.Faults)
            Say($"FAULT: {fault}");
        if (!equal)
            Say($"FAULT: the final model is {result.Audit.FinalSha256}, without kills it is {expected}");
        Say($"run {run + 1}: {result.Kills} kills, {result.Audit.Acknowledged} acknowledged, "
            + $"{result.Audit.Lost.Count} lost, {result.Audit.Doubled.Count} doubled, "
            + $"{result.Audit.Versions} versions");
    }

    private ChaosRun Start(ChaosFederation federation, string name) =>
        new(federation, options.Storage, Path.Combine(folder, name), time, Say);

    private void Say(string line) => Console.WriteLine($"{time.GetElapsedTime(_began).TotalSeconds,6:0.0} s  {line}");
}

/// <summary>The figures of <c>fed chaos</c>, over all its runs.</summary>
/// <param name="Kills">Processes that SIGKILL has ended.</param>
/// <param name="FailPoints">Different fail points among them.</param>
/// <param name="Runs">Federations that were run under kills.</param>
/// <param name="Acknowledged">Contributions whose receipt a participant has recorded.</param>
/// <param name="Lost">Of those, in no manifest and not pending.</param>
/// <param name="Doubled">Contributions that stand in two places, or aggregates that two global versions merged.</param>
/// <param name="Versions">Manifests reachable from the newest ones.</param>
/// <param name="Verified">Of those, whole, and recomputed to the same hashes.</param>
/// <param name="Sha256Equal">Every synchronous run ended with the model of the same run without kills.</param>
/// <param name="RecoverySecondsP50">From the start of a process to the first update accepted after it; median.</param>
internal sealed record ChaosResult(
    int Kills,
    int FailPoints,
    int Runs,
    long Acknowledged,
    long Lost,
    long Doubled,
    long Versions,
    long Verified,
    bool Sha256Equal,
    double RecoverySecondsP50,
    double RecoverySecondsMax)
{
    [JsonIgnore]
    public bool IsSound => Lost == 0 && Doubled == 0 && Verified == Versions && Sha256Equal;

    public static ChaosResult Of(IReadOnlyList<ChaosRunResult> runs, bool sha256Equal)
    {
        var recoveries = runs.SelectMany(run => run.Recoveries).Order().Select(taken => taken.TotalSeconds).ToArray();
        return new ChaosResult(
            runs.Sum(run => run.Kills),
            runs.SelectMany(run => run.Points).Distinct().Count(),
            runs.Count,
            runs.Sum(run => run.Audit.Acknowledged),
            runs.Sum(run => run.Audit.Lost.Count),
            runs.Sum(run => run.Audit.Doubled.Count),
            runs.Sum(run => run.Audit.Versions),
            runs.Sum(run => run.Audit.Versions - run.Audit.Unverified.Count),
            sha256Equal,
            recoveries.Length == 0 ? 0 : Math.Round(recoveries[recoveries.Length / 2], 3),
            recoveries.Length == 0 ? 0 : Math.Round(recoveries[^1], 3));
    }
}
