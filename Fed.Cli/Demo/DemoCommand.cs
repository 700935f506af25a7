using System.CommandLine;
using Fed.Cli.Commands;
using Fed.Contracts.Federations;
using Fed.Core.Aggregation;
using Fed.Core.Codecs;
using Fed.Core.Optimizers;
using Fed.Core.Robust;
using Fed.Core.Text;
using Fed.Training;

namespace Fed.Cli.Demo;

/// <summary>What the demo is started with.</summary>
/// <param name="DataFolder">A task's folder: task.json, model.json, participants/ and test/.</param>
/// <param name="Participants">How many processes train; null: as many as the data has, up
/// to <see cref="UsualMost"/>.</param>
/// <param name="Seed">Of the initial model and of every shuffle.</param>
/// <param name="Rule">How clusters combine updates: the mean or a robust rule (docs/robustness.md).</param>
/// <param name="GlobalRule">How the global tier combines the clusters' aggregates.</param>
/// <param name="Staleness">What a stale update weighs (docs/demo.md).</param>
/// <param name="Optimizer">Of the global tier; null: what the task recommends.</param>
/// <param name="Slow">Seconds that the last participant lets pass before it sends.</param>
/// <param name="Port">Of the silo; 0 takes a free one.</param>
/// <param name="JsonFile">Where the figures go; null: nowhere.</param>
/// <param name="KeepFolder">State of silo and agents, kept; null: a temporary folder, removed at the end.</param>
/// <param name="Trainer">Of the participants and of the baselines.</param>
internal sealed record DemoOptions(
    string DataFolder,
    int? Participants,
    int Seed,
    FederationMode Mode,
    string Codec,
    string Rule,
    string GlobalRule,
    string Staleness,
    OptimizerSettings? Optimizer,
    double Slow,
    int Port,
    string? JsonFile,
    string ReportFile,
    string? KeepFolder,
    TrainerKind Trainer)
{
    public const int Fewest = 5;

    public const int UsualMost = 15;
}

/// <summary><c>fed demo</c>.</summary>
internal static class DemoCommand
{
    private static readonly Option<string?> Task = new("--task")
    {
        Description = $"Task to train: {TaskFolders.Short}, a folder in data/, or a path (default {TaskFolders.Usual})",
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
        Description = "Seconds, 0 to 60, that the last participant lets pass before it sends, so that some updates are "
            + "stale",
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
            AlgorithmOptions.GlobalRule, AlgorithmOptions.Staleness, AlgorithmOptions.Optimizer, Trainer, Slow, Port,
            Json, Report, Keep,
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

/// <summary>Options of <c>fed demo</c> that say how the federations learn.</summary>
internal static class AlgorithmOptions
{
    public static readonly Option<FederationMode> Mode = new("--mode")
    {
        Description = "async: nobody waits for the slowest; sync: rounds",
        DefaultValueFactory = _ => FederationMode.Async,
    };

    public static readonly Option<string> Codec = Checked(
        "--codec",
        "float32",
        $"How updates are encoded: {BlockCodecs.Names}; topk and ternary take a density, as in ternary:0.01",
        text => BlockCodecs.ByName(text));

    public static readonly Option<string> Rule = Checked(
        "--rule",
        RobustRules.Mean,
        $"How clusters combine updates: {RobustRules.Forms}",
        text => RobustRules.Parse(text));

    public static readonly Option<string> GlobalRule = Checked(
        "--global-rule",
        RobustRules.Mean,
        "How the global tier combines the clusters' aggregates: as --rule, but for fltrust",
        text => RobustRules.Parse(text));

    public static readonly Option<string> Staleness = Checked(
        "--staleness",
        DemoFederations.UsualStaleness,
        $"What an update weighs that is t versions stale: {StalenessFunctions.Forms}",
        text => StalenessFunctions.Parse(text));

    public static readonly Option<string?> Optimizer = new("--optimizer")
    {
        Description = $"Server optimiser, {OptimizerText.Forms} (default: what the task recommends)",
    };

    static AlgorithmOptions() => Check(Optimizer, text => OptimizerText.Parse(text));

    private static Option<string> Checked(string name, string usual, string description, Action<string> parse)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => usual };
        Check(option, parse);
        return option;
    }

    private static void Check<T>(Option<T> option, Action<string> parse) => option.Validators.Add(result =>
    {
        try
        {
            if (result.GetValueOrDefault<string?>() is { } text)
                parse(text);
        }
        catch (ArgumentException unknown)
        {
            result.AddError($"{option.Name}: {unknown.Message}");
        }
    });
}

/// <summary>A server optimiser in one word, as <c>--optimizer</c> takes it.</summary>
internal static class OptimizerText
{
    public const string Forms = "KIND[:LR[,BETA1]], with " + ServerOptimizers.Kinds
        + " as KIND; LR is 1 for none and momentum, else 0.03, and BETA1 0.9, unless given";

    /// <summary>Adaptive steps move each parameter by about this much, however small its gradient.</summary>
    private const double AdaptiveRate = 0.03;

    /// <exception cref="ArgumentException">Unknown kind, or a number out of range.</exception>
    public static OptimizerSettings Parse(string text)
    {
        if (!NameWithNumbers.TryParse(text, out var kind, out var numbers) || numbers.Length > 2)
            throw new ArgumentException($"optimizer '{text}' is not known; use {Forms}");
        var usual = new OptimizerSettings();
        var settings = new OptimizerSettings
        {
            Kind = kind,
            LearningRate = numbers.Length > 0 ? numbers[0] : kind is "none" or "momentum" ? 1 : AdaptiveRate,
            Beta1 = numbers.Length > 1 ? numbers[1] : usual.Beta1,
        };
        ServerOptimizers.Create(kind, settings.LearningRate, settings.Beta1, settings.Beta2, settings.Tau);
        return settings;
    }
}
