using System.Globalization;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Learned;

/// <summary>From what a model says of seconds of pictures to findings: a fault is one where it is seen in enough places
/// for long enough.</summary>
internal static class PictureChecks
{
    private const string Prefix = CheckResult.LearnedPrefix;

    /// <summary>One for each fault, with its class.</summary>
    public static IReadOnlyList<(CheckInfo Info, int Class)> All { get; } =
    [
        .. QcClasses.Names.Index().Skip(1).Select(each => (
            new CheckInfo(Prefix + each.Item, "share", $"{each.Item}, as a model of media-qc sees it"), each.Index)),
    ];

    /// <param name="looks">In order; at least one.</param>
    public static IEnumerable<CheckResult> Judge(string stream, IReadOnlyList<TimedLook> looks, LearnedLimit limit) =>
        All.Select(check => limit.Pictures?.GetValueOrDefault(QcClasses.Names[check.Class]) is { } pictures
            ? Judge(check.Info, check.Class, stream, looks, limit.Severity, pictures)
            : CheckResult.NotApplicable(check.Info, stream, "the profile has no limit for it in learned.pictures"));

    /// <summary>Stretches in which the fault is seen in as many places as the limit says, seconds, each with the largest
    /// mean share.</summary>
    public static IEnumerable<(double Start, double End, double Value)> Stretches(
        IReadOnlyList<TimedLook> looks, int fault, PictureLimit limit)
    {
        var length = LengthOf(limit, looks);
        foreach (var (first, share) in Shares(looks, fault, length))
        {
            if (share < limit.Share)
                continue;
            // Without the looks at its ends that hardly see it: they are before or behind the fault.
            var seen = Enumerable.Range(first, length).Where(at => looks[at].Look.ShareOf(fault) >= limit.Share / 2);
            yield return (looks[seen.First()].Start, looks[seen.Last()].End, share);
        }
    }

    private static IEnumerable<(int First, double Share)> Shares(
        IReadOnlyList<TimedLook> looks, int fault, int length) =>
        Enumerable.Range(0, Math.Max(0, looks.Count - length + 1)).Select(first => (
            first, Enumerable.Range(first, length).Average(at => looks[at].Look.ShareOf(fault))));

    /// <summary>Looks that lie within the limit's time; a shorter film is judged whole.</summary>
    private static int LengthOf(PictureLimit limit, IReadOnlyList<TimedLook> looks)
    {
        if (looks.Count < 2)
            return looks.Count;
        var step = (looks[^1].Start - looks[0].Start) / (looks.Count - 1);
        var more = (limit.Seconds - (looks[0].End - looks[0].Start)) / step;
        return Math.Clamp(1 + (int)Math.Round(more), 1, looks.Count);
    }

    private static CheckResult Judge(
        CheckInfo check, int fault, string stream, IReadOnlyList<TimedLook> looks, Severity severity, PictureLimit limit)
    {
        var name = QcClasses.Names[fault];
        var largest = Shares(looks, fault, LengthOf(limit, looks)).Select(each => each.Share).DefaultIfEmpty().Max();
        var findings = Stretch.Join(Stretches(looks, fault, limit), 0, severity, share => string.Create(
            CultureInfo.InvariantCulture, $"{name} in {100 * share:0} % of the places looked at"));
        return CheckResult.Of(
            check,
            stream,
            largest,
            string.Create(CultureInfo.InvariantCulture, $"below {limit.Share:0.##} over {limit.Seconds:0.##} s"),
            findings.ConvertAll(finding => WithConfidence(finding, Confidence(looks, finding, fault))));
    }

    private static Finding WithConfidence(Finding finding, double confidence) => finding with
    {
        Confidence = confidence,
        Message = string.Create(CultureInfo.InvariantCulture, $"{finding.Message}, confidence {confidence:0.00}"),
    };

    /// <summary>Mean over the places where the fault is seen.</summary>
    private static double Confidence(IReadOnlyList<TimedLook> looks, Finding finding, int fault)
    {
        var within = looks.Where(look => look.Start >= finding.Start && look.End <= finding.End).ToList();
        return within.Sum(look => look.Look.Probability[fault]) / within.Sum(look => look.Look.Sure[fault]);
    }
}
