using System.CommandLine;
using Fed.Cli.Commands;
using Fed.Cli.Demo;

namespace Fed.Cli.Chaos;

/// <summary>Whose processes are killed.</summary>
internal enum ChaosRole
{
    Silo,
    Client,
    Both,
}

/// <summary>Where the silo keeps its blobs.</summary>
internal enum ChaosStorage
{
    File,

    /// <summary>Where the connection string in the environment says.</summary>
    Azure,
}

/// <summary>What <c>fed chaos</c> is started with.</summary>
/// <param name="Kills">1 to <see cref="MostKills"/>.</param>
/// <param name="Seed">Of the federations, of who is killed, when and at which fail point.</param>
/// <param name="DataFolder">A task's folder.</param>
/// <param name="JsonFile">Where the figures go; null: nowhere.</param>
internal sealed record ChaosOptions(
    int Kills, int Seed, ChaosRole Role, ChaosStorage Storage, string DataFolder, string? JsonFile)
{
    public const int MostKills = 100_000;
}

/// <summary><c>fed chaos</c>.</summary>
internal static class ChaosCommand
{
    private static readonly Option<int> Kills = new("--kills")
    {
        Description = $"Processes to kill by SIGKILL, 1 to {ChaosOptions.MostKills}: half of them at random instants, "
            + "half at the fail points in turn",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seed of the federations, of who is killed, when, and in which order the fail points come",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<ChaosRole> Role = new("--role")
    {
        Description = "Who is killed: the silo, clients (the participants' agents), or both in turn",
        DefaultValueFactory = _ => ChaosRole.Both,
    };

    private static readonly Option<ChaosStorage> Storage = new("--storage")
    {
        Description = "Where the silo keeps blobs: its data folder, or Azure Blob Storage by the connection string in "
            + "FED_BLOBS",
        DefaultValueFactory = _ => ChaosStorage.File,
    };

    private static readonly Option<string?> Json = new("--json")
    {
        Description = "File to write the figures to, as JSON",
    };

    static ChaosCommand() => Kills.Within(1, ChaosOptions.MostKills, $"--kills must be 1 to {ChaosOptions.MostKills}");

    public static Command Create()
    {
        var command = new Command(
            "chaos", "Kill the processes of a federation again and again, and check that nothing acknowledged is lost")
        {
            Kills, Seed, Role, Storage, Json,
        };
        command.SetAction((parsed, cancellation) => Failures.ReportAsync(
            "fed chaos",
            () => ChaosSession.RunAsync(
                new ChaosOptions(
                    parsed.GetValue(Kills),
                    parsed.GetValue(Seed),
                    parsed.GetValue(Role),
                    parsed.GetValue(Storage),
                    TaskFolders.Find(task: null, folder: null),
                    parsed.GetValue(Json)),
                cancellation),
            cancellation));
        return command;
    }
}
