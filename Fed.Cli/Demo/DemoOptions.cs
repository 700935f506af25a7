using Fed.Contracts.Federations;
using Fed.Training;

namespace Fed.Cli.Demo;

/// <summary>What the demo is started with.</summary>
/// <param name="DataFolder">A task's folder: task.json, model.json, participants/ and test/.</param>
/// <param name="Participants">How many processes train; null: as many as the data has, up to <see
/// cref="UsualMost"/>.</param>
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
