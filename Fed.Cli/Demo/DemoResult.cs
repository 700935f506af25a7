namespace Fed.Cli.Demo;

/// <summary>The figures of one run, as <c>--json</c> writes them. Accuracies are 0 to 1, on held-out content.</summary>
/// <param name="Runtime">Under the actors: <c>embedded</c> or <c>orleans</c>.</param>
/// <param name="Participants">Participant processes.</param>
/// <param name="Processes">All that the demo started: the silo and the participants.</param>
/// <param name="Seconds">From the start of the first process to the last figure.</param>
/// <param name="Updates">Of the hierarchical federation.</param>
public sealed record DemoResult(
    string Runtime,
    string Task,
    int Participants,
    int Processes,
    double Seconds,
    IReadOnlyList<ClusterFigures> Clusters,
    GlobalFigures Global,
    UpdateFigures Updates);

/// <param name="Version">The cluster's last version.</param>
public sealed record ClusterFigures(string Key, int Participants, long Version, ClusterAccuracy Accuracy);

/// <summary>On the cluster's held-out test set.</summary>
/// <param name="LocalOnly">Mean over the cluster's participants, each with a model of its own data only.</param>
/// <param name="Flat">Of the one model of the flat federation.</param>
/// <param name="Hierarchical">Of the cluster's own last version.</param>
public sealed record ClusterAccuracy(double LocalOnly, double Flat, double Hierarchical);

/// <param name="Version">The last global version of the hierarchical federation.</param>
/// <param name="Sha256">Of its model.</param>
public sealed record GlobalFigures(long Version, string Sha256, GlobalAccuracy Accuracy);

/// <summary>The mean over the clusters of what <see cref="ClusterAccuracy"/> says.</summary>
/// <param name="Centralised">Of one model of everybody's data pooled, which no federation may have; mean over
/// the clusters.</param>
public sealed record GlobalAccuracy(double LocalOnly, double Flat, double Hierarchical, double Centralised);

/// <param name="Rejected">Refused by the silo, as too stale for example; the agents went on with a new task.</param>
/// <param name="BytesUp">What the participants sent, everything on the wire included.</param>
/// <param name="PayloadBytes">Of the accepted updates: header, index and blocks as they were encoded.</param>
/// <param name="Float32Bytes">What the same updates would be uncompressed.</param>
/// <param name="StalenessMean">Versions of its cluster that a contribution was behind, mean over the accepted.</param>
public sealed record UpdateFigures(
    long Accepted,
    long Rejected,
    long BytesUp,
    long BytesDown,
    long PayloadBytes,
    long Float32Bytes,
    double StalenessMean,
    long StalenessMax)
{
    /// <summary>How many times smaller the updates are than uncompressed ones.</summary>
    public double Compression => PayloadBytes == 0 ? 1 : Math.Round((double)Float32Bytes / PayloadBytes, 1);
}

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
