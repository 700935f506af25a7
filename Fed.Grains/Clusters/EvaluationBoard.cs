using Fed.Contracts.Participants;
using Fed.Contracts.Versions;

namespace Fed.Grains.Clusters;

/// <summary>The participants' reports on the last few versions, one report each.</summary>
internal sealed class EvaluationBoard
{
    private const int VersionsKept = 8;

    private readonly SortedDictionary<long, Dictionary<string, EvaluationReport>> _reports = [];

    /// <summary>
    /// Of the newest version that at least half as many reported on as on any other; null before the first.
    /// </summary>
    public double? Accuracy
    {
        get
        {
            var most = _reports.Count == 0 ? 0 : _reports.Values.Max(reports => reports.Count);
            var newest = _reports.Reverse().FirstOrDefault(entry => entry.Value.Count * 2 >= most && most > 0);
            return newest.Value is null ? null : Sum(newest.Value).Accuracy;
        }
    }

    /// <summary>
    /// Takes a report, replacing the participant's earlier one, and returns the sums for its version.
    /// </summary>
    public VersionEvaluation Add(string participant, EvaluationReport report)
    {
        if (!_reports.TryGetValue(report.Version, out var reports))
            _reports[report.Version] = reports = new Dictionary<string, EvaluationReport>(StringComparer.Ordinal);
        reports[participant] = report;
        while (_reports.Count > VersionsKept)
            _reports.Remove(_reports.Keys.First());
        return Sum(reports);
    }

    private static VersionEvaluation Sum(Dictionary<string, EvaluationReport> reports) => new(
        reports.Count,
        reports.Values.Sum(report => report.Examples),
        reports.Values.Sum(report => report.Correct));
}
