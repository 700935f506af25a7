using System.Text.Json.Serialization;

namespace Fed.Cli.Chaos;

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
