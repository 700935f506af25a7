namespace Fed.Cli.Demo;

/// <summary>A run that is over: its figures, and what the report shows beyond them.</summary>
/// <param name="GlobalModel">Per cluster, the accuracy of the hierarchical federation's global model itself.</param>
/// <param name="Centralised">Per cluster, the accuracy of the centralised model.</param>
/// <param name="TestExamples">Per cluster, samples in the held-out set.</param>
internal sealed record DemoOutcome(
    DemoResult Result,
    DemoPlan Plan,
    DemoOptions Options,
    Timeline Timeline,
    IReadOnlyDictionary<string, double> GlobalModel,
    IReadOnlyDictionary<string, double> Centralised,
    IReadOnlyDictionary<string, int> TestExamples,
    DateTimeOffset FinishedAt);
