using System.CommandLine;
using Fed.Cli.Commands;
using Fed.Cli.Demo;

namespace Fed.Cli.Cluster;

/// <summary>What <c>fed cluster demo</c> is started with.</summary>
/// <param name="Silos">2 to <see cref="MostSilos"/>.</param>
/// <param name="Kill">Whether silos are killed and frozen while the federation trains.</param>
/// <param name="Seed">Of the federation, and of who is killed, when and how.</param>
/// <param name="DataFolder">A task's folder.</param>
/// <param name="Participants">Null: as few as leave no cluster empty.</param>
/// <param name="JsonFile">Where the figures go; null: nowhere.</param>
internal sealed record ClusterOptions(
    int Silos,
    ClusterStorage Storage,
    bool Kill,
    int Seed,
    string DataFolder,
    int? Participants,
    string? JsonFile)
{
    public const int MostSilos = 16;
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
        Description = "Kill silos (SIGKILL) and freeze them (SIGSTOP) in turn while the federation trains",
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seed of the federation, and of which silo is killed and when",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<string?> Task = new("--task")
    {
        Description = $"Task to train: a folder of data/, or a path (default: {TaskFolders.Usual})",
    };

    private static readonly Option<int?> Participants = new("--participants")
    {
        Description = "Participant processes (default: as few as leave no cluster empty)",
    };

    private static readonly Option<string?> Json = new("--json")
    {
        Description = "File to write the figures to, as JSON",
    };

    static ClusterCommand() =>
        Silos.Within(2, ClusterOptions.MostSilos, $"--silos must be 2 to {ClusterOptions.MostSilos}");

    public static Command Create()
    {
        var demo = new Command(
            "demo", "Train in a federation on several silos, here; with --kill, while they die and come back")
        {
            Silos, Storage, Kill, Task, Participants, Seed, Json,
        };
        demo.SetAction((parsed, cancellation) => Failures.ReportAsync(
            "fed cluster demo",
            () => ClusterDemo.RunAsync(
                new ClusterOptions(
                    parsed.GetValue(Silos),
                    parsed.GetValue(Storage),
                    parsed.GetValue(Kill),
                    parsed.GetValue(Seed),
                    TaskFolders.Find(parsed.GetValue(Task), folder: null),
                    parsed.GetValue(Participants),
                    parsed.GetValue(Json)),
                cancellation),
            cancellation));
        return new Command("cluster", "Several silos as one cluster") { demo };
    }
}
