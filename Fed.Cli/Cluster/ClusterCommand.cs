using System.CommandLine;
using System.CommandLine.Parsing;
using Fed.Cli.Commands;
using Fed.Cli.Demo;

namespace Fed.Cli.Cluster;

/// <summary>What <c>fed cluster demo</c> is started with.</summary>
/// <param name="Silos">2 to <see cref="MostSilos"/>.</param>
/// <param name="Faults">What befalls it while it trains, in turn; empty: nothing.</param>
/// <param name="Seed">Of the federation, and of whom a fault befalls and when.</param>
/// <param name="DataFolder">A task's folder.</param>
/// <param name="Participants">Null: as few as leave no cluster empty.</param>
/// <param name="Versions">Of each cluster, until the federation has finished; null: what the task recommends.</param>
/// <param name="JsonFile">Where the figures go; null: nowhere.</param>
internal sealed record ClusterOptions(
    int Silos,
    ClusterStorage Storage,
    IReadOnlyList<ClusterFault> Faults,
    int Seed,
    string DataFolder,
    int? Participants,
    int? Versions,
    string? JsonFile)
{
    public const int MostSilos = 16;

    public const int MostVersions = 100_000;
}

/// <summary><c>fed cluster</c>.</summary>
internal static class ClusterCommand
{
    private static readonly Option<int> Silos = new("--silos")
    {
        Description = $"Silo processes, 2 to {ClusterOptions.MostSilos}",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<ClusterStorage> Storage = new("--storage")
    {
        Description = "Who keeps membership, state and reminders: a Redis server or Azurite, which the demo starts",
        DefaultValueFactory = _ => ClusterStorage.Redis,
    };

    private static readonly Option<bool> Kill = new("--kill")
    {
        Description = "Kill silos (SIGKILL) and freeze them (SIGSTOP) in turn while the federation trains: "
            + "--faults kill,freeze",
    };

    private static readonly string KnownFaults = string.Join(',', Enum.GetNames<ClusterFault>()).ToLowerInvariant();

    private static readonly Option<IReadOnlyList<ClusterFault>> Faults = new("--faults")
    {
        Description = $"What befalls the silos in turn, any of {KnownFaults}: SIGKILL or SIGSTOP of one, SIGTERM of "
            + "one after the other, one more that joins and leaves, their storage away for 30 s",
        CustomParser = ParseFaults,
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seed of the federation, and of which silo a fault befalls and when",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<string?> Task = new("--task")
    {
        Description = $"Task to train: {TaskFolders.Short}, a folder of data/, or a path (default: {TaskFolders.Usual})",
    };

    private static readonly Option<int?> Participants = new("--participants")
    {
        Description = "Participant processes (default: as few as leave no cluster empty)",
    };

    private static readonly Option<int?> Versions = new("--versions")
    {
        Description = "Versions of each cluster until it has finished (default: as the task recommends)",
    };

    private static readonly Option<string?> Json = new("--json")
    {
        Description = "File to write the figures to, as JSON",
    };

    static ClusterCommand()
    {
        Silos.Within(2, ClusterOptions.MostSilos, $"--silos must be 2 to {ClusterOptions.MostSilos}");
        Versions.Within(1, ClusterOptions.MostVersions, $"--versions must be 1 to {ClusterOptions.MostVersions}");
    }

    public static Command Create()
    {
        var demo = new Command(
            "demo",
            "Train in a federation on several silos, here; with --kill or --faults, while they die and come back")
        {
            Silos, Storage, Kill, Faults, Task, Participants, Versions, Seed, Json,
        };
        demo.SetAction((parsed, cancellation) => Failures.ReportAsync(
            "fed cluster demo",
            () => ClusterDemo.RunAsync(
                new ClusterOptions(
                    parsed.GetValue(Silos),
                    parsed.GetValue(Storage),
                    FaultsOf(parsed),
                    parsed.GetValue(Seed),
                    TaskFolders.Find(parsed.GetValue(Task), folder: null),
                    parsed.GetValue(Participants),
                    parsed.GetValue(Versions),
                    parsed.GetValue(Json)),
                cancellation),
            cancellation));
        return new Command("cluster", "Several silos as one cluster") { demo };
    }

    private static IReadOnlyList<ClusterFault> FaultsOf(ParseResult parsed) => parsed.GetValue(Faults)
        ?? (parsed.GetValue(Kill) ? [ClusterFault.Kill, ClusterFault.Freeze] : []);

    private static List<ClusterFault> ParseFaults(ArgumentResult result)
    {
        var faults = new List<ClusterFault>();
        foreach (var name in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            var fault = Enum.GetValues<ClusterFault>().Cast<ClusterFault?>().FirstOrDefault(
                known => string.Equals($"{known}", name, StringComparison.OrdinalIgnoreCase));
            if (fault is { } found)
                faults.Add(found);
            else
                result.AddError($"--faults has '{name}'; it is a list, with commas, of {KnownFaults}");
        }

        return faults;
    }
}
