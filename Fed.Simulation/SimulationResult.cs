namespace Fed.Simulation;

/// <summary>How the simulation of one seed ended.</summary>
/// <param name="Violations">Empty: all invariants held.</param>
/// <param name="TraceHash">Of all events in their order.</param>
/// <param name="Collected">Blobs that were removed.</param>
/// <param name="Rollbacks">Of the steward, answered.</param>
/// <param name="FinalModel">SHA-256 of the last global model.</param>
internal sealed record SimulationResult(
    int Seed,
    IReadOnlyList<string> Violations,
    ulong TraceHash,
    long Steps,
    int Crashes,
    int Receipts,
    TimeSpan Time,
    long Collected,
    int Rollbacks,
    string FinalModel)
{
    public override string ToString() =>
        $"seed {Seed}: {Steps} events, {Crashes} crashes, {Receipts} receipts, {Time.TotalSeconds:F1} s, trace {TraceHash:x16}"
        + string.Concat(Violations.Select(violation => $"\n  {violation}"));
}
