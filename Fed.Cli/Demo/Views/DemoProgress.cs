namespace Fed.Cli.Demo.Views;

/// <summary>What is shown while the demo runs.</summary>
/// <param name="Phase">What is being done, for people.</param>
/// <param name="Share">Of everything, 0 to 1.</param>
/// <param name="Federation">The federation that the rows are of.</param>
internal sealed record DemoProgress(
    string Phase, double Share, TimeSpan Elapsed, string Federation, IReadOnlyList<TierRow> Rows);

/// <summary>One cluster, or the global tier.</summary>
/// <param name="Accuracy">0 to 1, on the participants' validation samples; null before the first report.</param>
internal sealed record TierRow(
    string Key,
    int Participants,
    long Version,
    int Buffered,
    int Goal,
    long Accepted,
    double StalenessMean,
    long StalenessMax,
    double? Accuracy);
