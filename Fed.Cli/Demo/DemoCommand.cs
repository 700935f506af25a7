using System.CommandLine;
using Fed.Cli.Commands;
using Fed.Training;

namespace Fed.Cli.Demo;

/// <summary><c>fed demo</c>.</summary>
internal static class DemoCommand
{
    private static readonly Option<string?> Task = new("--task")
    {
        Description = $"Task to train: a folder of data/, or a path (default: {TaskFolders.Usual})",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Folder of a task: task.json, model.json, participants/, test/",
    };

    private static readonly Option<int?> Participants = new("--participants")
    {
        Description = $"Participant processes, {DemoOptions.Fewest} or more (default: what the data has, up to "
            + $"{DemoOptions.UsualMost})",
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seed of the initial model and of every shuffle",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<TrainerKind> Trainer = TrainerOption.Create();

    private static readonly Option<double> Slow = new("--slow")
    {
        Description = "Seconds, 0 to 60, that the last participant lets pass before it sends, so that some updates are stale",
        DefaultValueFactory = _ => 0.4,
    };

    private static readonly Option<int> Port = new("--port")
    {
        Description = "Port of the silo and its status page (default: a free one)",
    };

    private static readonly Option<string?> Json = new("--json")
    {
        Description = "File to write the figures to, as JSON",
    };

    private static readonly Option<string> Report = new("--report")
    {
        Description = "File to write the report to",
        DefaultValueFactory = _ => "report.html",
    };

    private static readonly Option<string?> Keep = new("--keep")
    {
        Description = "Keep the state of silo and participants in this folder, which must be new or empty",
    };

    static DemoCommand()
    {
        Slow.Within(0, 60, "--slow must be 0 to 60 seconds");
        Port.Within(0, 65535, "--port must be 1 to 65535, or 0 for a free one");
    }

    public static Command Create()
    {
        var command = new Command(
            "demo", "Train a media-QC model in a hierarchical federation of a dozen processes, here, in a minute")
        {
            Task, Data, Participants, Seed, AlgorithmOptions.Mode, AlgorithmOptions.Codec, AlgorithmOptions.Rule,
            AlgorithmOptions.GlobalRule, AlgorithmOptions.Staleness, AlgorithmOptions.Optimizer, Trainer, Slow, Port, Json,
            Report, Keep,
        };
        command.SetAction((parsed, cancellation) => Failures.ReportAsync(
            "fed demo", () => DemoSession.RunAsync(Read(parsed), cancellation), cancellation));
        return command;
    }

    private static DemoOptions Read(ParseResult parsed) => new(
        TaskFolders.Find(parsed.GetValue(Task), parsed.GetValue(Data)),
        parsed.GetValue(Participants),
        parsed.GetValue(Seed),
        parsed.GetValue(AlgorithmOptions.Mode),
        parsed.GetValue(AlgorithmOptions.Codec)!,
        parsed.GetValue(AlgorithmOptions.Rule)!,
        parsed.GetValue(AlgorithmOptions.GlobalRule)!,
        parsed.GetValue(AlgorithmOptions.Staleness)!,
        parsed.GetValue(AlgorithmOptions.Optimizer) is { } optimizer ? OptimizerText.Parse(optimizer) : null,
        parsed.GetValue(Slow),
        parsed.GetValue(Port),
        parsed.GetValue(Json),
        parsed.GetValue(Report)!,
        parsed.GetValue(Keep),
        parsed.GetValue(Trainer));
}
