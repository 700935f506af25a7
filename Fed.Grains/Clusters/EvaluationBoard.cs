using System.Collections.Immutable;
using Fed.Contracts.Participants;
using Fed.Contracts.Versions;
using Orleans;

namespace Fed.Grains.Clusters;

/// <summary>
/// The participants' reports on the last few versions, one of each: a row of its own, so that the cluster's state does
/// not grow with its roster.
/// </summary>
[GenerateSerializer, Immutable, Alias("fed.state.evaluations")]
public sealed record EvaluationBoard
{
    private const int VersionsKept = 8;

    /// <summary>By version, ascending.</summary>
    [Id(0)] public ImmutableList<VersionReports> Versions { get; init; } = [];

    /// <summary>
    /// Of the newest version that at least half as many reported on as on any other; null before the first.
    /// </summary>
    public VersionEvaluation? Newest => NewestReports?.Sum();

    private VersionReports? NewestReports
    {
        get
        {
            var most = Versions.Count == 0 ? 0 : Versions.Max(version => version.Reports.Count);
            return Versions.FindLast(version => version.Reports.Count * 2 >= most);
        }
    }

    /// <summary>A participant's report on that version; null: it has not reported on it.</summary>
    public ReportedCounts? NewestReportOf(string participant) =>
        NewestReports?.Reports.GetValueOrDefault(participant);

    /// <summary>Null when nobody has reported on it, or too long ago.</summary>
    public VersionEvaluation? Of(long version) => Versions.Find(known => known.Version == version)?.Sum();

    /// <summary>
    /// With a report in place of the participant's earlier one. Itself where the version is older than those that are
    /// kept: sums of the late alone would take the place of everybody's.
    /// </summary>
    public EvaluationBoard Add(string participant, EvaluationReport report)
    {
        var counts = new ReportedCounts(report.Examples, report.Correct, report.Loss, report.ClippedShare);
        var at = Versions.FindIndex(known => known.Version >= report.Version);
        if (at >= 0 && Versions[at].Version == report.Version)
        {
            var known = Versions[at];
            return this with
            {
                Versions = Versions.SetItem(at, known with { Reports = known.Reports.SetItem(participant, counts) }),
            };
        }

        var first = new VersionReports(
            report.Version, ImmutableSortedDictionary.Create<string, ReportedCounts>(StringComparer.Ordinal)
                .Add(participant, counts));
        var versions = Versions.Insert(at < 0 ? Versions.Count : at, first);
        return versions.Count <= VersionsKept ? this with { Versions = versions }
            : versions[0] == first ? this
            : this with { Versions = versions.RemoveAt(0) };
    }
}

/// <param name="Reports">By participant.</param>
[GenerateSerializer, Immutable, Alias("fed.version-reports")]
public sealed record VersionReports(
    [property: Id(0)] long Version, [property: Id(1)] ImmutableSortedDictionary<string, ReportedCounts> Reports)
{
    public VersionEvaluation Sum()
    {
        var examples = Reports.Values.Sum(report => report.Examples);
        var clipped = Reports.Values.Where(report => report.ClippedShare is not null).ToArray();
        return new VersionEvaluation(
            Reports.Count,
            examples,
            Reports.Values.Sum(report => report.Correct),
            examples == 0 ? null : Reports.Values.Sum(report => report.Loss * ((double)report.Examples / examples)),
            clipped.Length == 0 ? null : clipped.Average(report => report.ClippedShare!.Value));
    }
}

/// <summary>What is kept of an <see cref="EvaluationReport"/>.</summary>
[GenerateSerializer, Immutable, Alias("fed.reported-counts")]
public sealed record ReportedCounts(
    [property: Id(0)] long Examples,
    [property: Id(1)] long Correct,
    [property: Id(2)] double Loss,
    [property: Id(3)] double? ClippedShare);
