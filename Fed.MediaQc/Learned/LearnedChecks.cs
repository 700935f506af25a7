using System.Globalization;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Learned;

/// <summary>From what a model says of moments to findings: a fault is one where it is seen in enough places for long
/// enough.</summary>
internal static class LearnedChecks
{
    private const string Prefix = CheckResult.LearnedPrefix;

    /// <summary>One for each fault that the model tells apart, with its class.</summary>
    public static IReadOnlyList<(CheckInfo Info, int Class)> Of(LearnedModel model) =>
    [
        .. model.Card.Classes.Index()
            .Where(each => each.Item != QcClasses.Clean)
            .Select(each => (
                new CheckInfo(Prefix + each.Item, "share", $"{each.Item}, as a model of {model.Card.Task} sees it"),
                each.Index)),
    ];

    /// <param name="looks">In order, each with its time in seconds.</param>
    /// <param name="step">Seconds from one to the next.</param>
    public static IEnumerable<CheckResult> Judge(
        IReadOnlyList<(CheckInfo Info, int Class)> checks,
        string stream,
        IReadOnlyList<(double Time, Look Look)> looks,
        double step,
        LearnedLimit limit) => checks.Select(check =>
            check.Info.Name == Prefix + QcClasses.Freeze
                // Models are trained on cameras that move; pictures may stand still on purpose.
                ? CheckResult.NotApplicable(check.Info, stream, "what stands still is measured: check 'freeze'")
                : Judge(check.Info, check.Class, stream, looks, step, limit));

    private static CheckResult Judge(
        CheckInfo check,
        int fault,
        string stream,
        IReadOnlyList<(double Time, Look Look)> looks,
        double step,
        LearnedLimit limit)
    {
        var length = Math.Min(looks.Count, Math.Max(1, (int)Math.Round(limit.Seconds / step)));
        var found = new List<(double Start, double End, double Value)>();
        var largest = 0.0;
        for (var first = 0; first + length <= looks.Count; first++)
        {
            var (sure, places) = Sums(looks, first, length, fault);
            var share = (double)sure / places;
            largest = Math.Max(largest, share);
            if (share < limit.Share)
                continue;
            // Without the looks at its ends that hardly see it: they are before or behind the fault.
            var seen = Enumerable.Range(first, length).Where(at => ShareOf(looks[at].Look, fault) >= limit.Share / 2);
            found.Add((looks[seen.First()].Time, looks[seen.Last()].Time + step, share));
        }

        var name = check.Name[Prefix.Length..];
        var findings = Stretch.Join(found, 0, limit.Severity, share => string.Create(
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

    private static double ShareOf(Look look, int fault) => (double)look.Sure[fault] / look.Places;

    private static (int Sure, int Places) Sums(
        IReadOnlyList<(double Time, Look Look)> looks, int first, int length, int fault)
    {
        var (sure, places) = (0, 0);
        for (var i = first; i < first + length; i++)
        {
            sure += looks[i].Look.Sure[fault];
            places += looks[i].Look.Places;
        }

        return (sure, places);
    }

    /// <summary>Mean over the places where the fault is seen.</summary>
    private static double Confidence(
        IReadOnlyList<(double Time, Look Look)> looks, Finding finding, int fault)
    {
        var within = looks.Where(look => look.Time >= finding.Start && look.Time < finding.End).ToList();
        return within.Sum(look => look.Look.Probability[fault]) / within.Sum(look => look.Look.Sure[fault]);
    }
}
