using System.Text.Json;
using System.Text.Json.Serialization;
using Fed.Cli.Chaos;
using Fed.Cli.Commands;
using Fed.Cli.Demo;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Core.Robust;
using Fed.MediaQc.Folders;
using Fed.Training;
using Spectre.Console;

namespace Fed.Cli.Cluster;

/// <summary><c>fed cluster demo</c> from its options to its table.</summary>
internal sealed class ClusterDemo(ClusterOptions options, DemoPlan plan, string folder, TimeProvider time)
{
    /// <summary>
    /// Seconds. A frozen silo answers nothing, and its participants are to go to another well before it is voted dead.
    /// </summary>
    private const double Patience = 5;

    private readonly long _began = time.GetTimestamp();

    public static async Task<int> RunAsync(ClusterOptions options, CancellationToken cancellationToken)
    {
        var data = DataFolder.Open(options.DataFolder);
        var plan = DemoPlan.Make(data, AsDemo(options, DemoPlan.Fewest(data)));
        if (options.Versions is { } versions)
            plan = plan with { Hierarchical = plan.Hierarchical with { TargetVersions = versions } };
        if (options.JsonFile is { } file)
            OutputFile.RequireWritable(file, "--json");
        var folder = Directory.CreateTempSubdirectory("fed-cluster-").FullName;
        var sound = false;
        try
        {
            var result = await new ClusterDemo(options, plan, folder, TimeProvider.System).RunAsync(cancellationToken);
            sound = result.IsSound;
            result.Print(Screen.Create());
            if (options.JsonFile is { } json)
            {
                await File.WriteAllTextAsync(
                    json, JsonSerializer.Serialize(result, FedJson.Indented) + "\n", cancellationToken);
            }

            return sound ? ExitCode.Success : ExitCode.Failure;
        }
        finally
        {
            // What went wrong is to be looked at.
            if (sound || cancellationToken.IsCancellationRequested)
                Directory.Delete(folder, recursive: true);
            else
                await Console.Error.WriteLineAsync($"fed cluster demo: logs, state and blobs are kept in {folder}");
        }
    }

    private static DemoOptions AsDemo(ClusterOptions options, int participants) => new(
        options.DataFolder,
        options.Participants ?? participants,
        options.Seed,
        FederationMode.Async,
        Codec: "float32",
        RobustRules.Mean,
        RobustRules.Mean,
        DemoFederations.UsualStaleness,
        Optimizer: null,
        Slow: 0,
        Port: 0,
        JsonFile: null,
        ReportFile: "",
        KeepFolder: null,
        TrainerKind.Auto);

    private async Task<ClusterResult> RunAsync(CancellationToken cancellationToken)
    {
        var model = ModelSpecification.Parse(plan.Data.ModelJson);
        var tests = HeldOut.Load(plan.Data, model, TrainerKind.Auto);
        await using var storage = await SharedStorage.StartAsync(
            options.Storage, Path.Combine(folder, "shared"), cancellationToken);
        var federation = new ChaosFederation(plan.Hierarchical, plan.Participants);
        await using var cast = new ChaosCast(
            federation, new SiloSetup(options.Silos, storage.Configure, Patience), folder, time);
        await Task.WhenAll(
            cast.Silos.Select(silo => cast.StartSiloAsync(silo, cancellationToken)));
        var name = federation.Settings.Name;
        using var client = new FederationClient(cast.Addresses[0], time);
        await new RetryPolicy(time, new Random(options.Seed)).RunAsync(
            () => client.CreateAsync(federation.Settings, cancellationToken), static (_, _) => { }, cancellationToken);
        Say($"{options.Silos} silos on {options.Storage.ToString().ToLowerInvariant()} and {plan.Participants.Count} "
            + $"participants; status page: {cast.Addresses[0]}?federation={name}");

        using var watch = new FederationClient(
            cast.Addresses[0],
            time,
            new ClientTimeouts { Patience = TimeSpan.FromSeconds(Patience) },
            [.. cast.Addresses.Skip(1)]);
        var injector = new FaultInjector(cast, storage, watch, name, new Random(options.Seed), time, Say);
        await cast.RunAsync(
            (finished, stopped) =>
                options.Faults.Count > 0 ? injector.RunAsync(options.Faults, finished, stopped) : finished,
            cancellationToken);
        Say("trained; one silo, started again, shows what is stored, and every version is computed again");
        var audit = await cast.AuditAsync(cancellationToken);
        foreach (var fault in audit.Faults)
            Say($"FAULT: {fault}");
        return ClusterResult.Of(options, injector.All, audit, await AccuracyAsync());

        async Task<double> AccuracyAsync()
        {
            var status = await client.StatusAsync(name, cancellationToken);
            var accuracies = new List<double>();
            foreach (var tier in status.Clusters)
            {
                using var file = new MemoryStream();
                await client.DownloadModelAsync(name, tier.ModelSha256, file, cancellationToken);
                file.Position = 0;
                accuracies.Add(tests.Accuracy(ControlVariates.ReadModel(file, model.Layout), tier.Key));
            }

            return accuracies.Average();
        }
    }

    private void Say(string line) => Console.WriteLine($"{time.GetElapsedTime(_began).TotalSeconds,6:0.0} s  {line}");
}

/// <summary>The figures of <c>fed cluster demo</c>.</summary>
/// <param name="Kills">Silos that were killed, or frozen for a while.</param>
/// <param name="Acknowledged">Contributions whose receipt a participant has recorded.</param>
/// <param name="Lost">Of those, in no manifest and not pending.</param>
/// <param name="Doubled">Contributions that stand in two places, or aggregates that two global versions merged.</param>
/// <param name="OutageSecondsP50">
/// Of each fault, until it is over, the longest time without a new global version; median. Null without faults.
/// </param>
/// <param name="Versions">Manifests reachable from the newest ones.</param>
/// <param name="Verified">Of those, whole, and recomputed to the same hashes.</param>
/// <param name="Accuracy">0 to 1, of the clusters' models on held-out content, mean.</param>
/// <param name="Faults">The same seconds for each kind of fault that was injected.</param>
internal sealed record ClusterResult(
    string Storage,
    int Silos,
    int Kills,
    long Acknowledged,
    long Lost,
    long Doubled,
    double? OutageSecondsP50,
    double? OutageSecondsMax,
    long Versions,
    long Verified,
    double Accuracy,
    IReadOnlyList<FaultFigures> Faults)
{
    [JsonIgnore]
    public bool IsSound => Lost == 0 && Doubled == 0 && Verified == Versions;

    public static ClusterResult Of(
        ClusterOptions options, IReadOnlyList<Injected> injected, Audit.AuditReport audit, double accuracy)
    {
        var all = FaultFigures.Of("", injected);
        return new ClusterResult(
            options.Storage.ToString().ToLowerInvariant(),
            options.Silos,
            injected.Count(each => each.Fault is ClusterFault.Kill or ClusterFault.Freeze),
            audit.Acknowledged,
            audit.Lost.Count,
            audit.Doubled.Count,
            all.OutageSecondsP50,
            all.OutageSecondsMax,
            audit.Versions,
            audit.Versions - audit.Unverified.Count,
            Math.Round(accuracy, 4),
            [.. injected.GroupBy(each => each.Fault).Select(
                kind => FaultFigures.Of(kind.Key.ToString().ToLowerInvariant(), [.. kind]))]);
    }

    public void Print(IAnsiConsole console)
    {
        var table = new Table().AddColumn("figure").AddColumn(new TableColumn("value").RightAligned());
        table.AddRow("kills", $"{Kills}");
        table.AddRow("contributions acknowledged", $"{Acknowledged}");
        table.AddRow("lost", $"{Lost}");
        table.AddRow("doubled", $"{Doubled}");
        foreach (var fault in Faults)
        {
            table.AddRow(
                $"{fault.Fault}, {fault.Times} times: seconds without a new version, median / longest",
                $"{fault.OutageSecondsP50:0.0} / {fault.OutageSecondsMax:0.0}");
        }

        table.AddRow("versions", $"{Versions}");
        table.AddRow("computed again to the same hash", $"{Verified}");
        table.AddRow("accuracy", $"{Accuracy:P1}");
        console.Write(table);
    }
}

/// <summary>Of one kind of fault.</summary>
/// <param name="OutageSecondsP50">Null when the federation had finished before a version came.</param>
internal sealed record FaultFigures(string Fault, int Times, double? OutageSecondsP50, double? OutageSecondsMax)
{
    public static FaultFigures Of(string name, IReadOnlyList<Injected> injected)
    {
        double[] seconds =
        [
            .. injected.Select(each => each.Outage).OfType<TimeSpan>()
                .Select(outage => Math.Round(outage.TotalSeconds, 2)).Order(),
        ];
        return new FaultFigures(
            name,
            injected.Count,
            seconds.Length == 0 ? null : seconds[seconds.Length / 2],
            seconds.Length == 0 ? null : seconds[^1]);
    }
}
