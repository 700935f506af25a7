using System.Globalization;
using System.Numerics.Tensors;
using Fed.MediaQc.Audio;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Learned;

/// <summary>
/// From what a model says of single seconds of sound to findings: it has to be sure for as long as the profile says, on
/// average, and may doubt single seconds. What happens at a moment is measured, too.
/// </summary>
internal static class SoundChecks
{
    /// <summary>One for each fault, with its class.</summary>
    public static IReadOnlyList<(CheckInfo Info, int Class)> All { get; } =
    [
        .. AudioClasses.Names.Index().Skip(1).Select(each => (
            new CheckInfo(
                CheckResult.LearnedPrefix + each.Item,
                "probability",
                $"{each.Item}, as a model of audio-qc hears it in speech"),
            each.Index)),
    ];

    /// <param name="start">When the first look began, seconds.</param>
    public static IEnumerable<CheckResult> Judge(string stream, SoundLooks looks, double start, LearnedLimit limit) =>
        All.Select(check =>
            limit.Sound?.GetValueOrDefault(AudioClasses.Names[check.Class]) is not { } sound
                ? CheckResult.NotApplicable(check.Info, stream, "the profile has no limit for it in learned.sound")
            : looks.Count == 0
                ? CheckResult.NotApplicable(check.Info, stream, "less than a second of sound")
            : !Enumerable.Range(0, looks.Count).Any(looks.IsExamined)
                ? CheckResult.NotApplicable(check.Info, stream, "no second of it speaks, and models know speech alone")
            : Judge(check.Info, check.Class, stream, looks, start, limit.Severity, sound));

    /// <summary>Stretches in which the fault is as likely as the limit says, seconds from the first look on, each with
    /// the largest mean probability.</summary>
    public static IEnumerable<(double Start, double End, double Value)> Stretches(
        SoundLooks looks, int fault, SoundLimit limit)
    {
        var length = LengthOf(limit, looks.Count);
        foreach (var (first, mean) in Confirmed(looks, fault, length))
        {
            if (mean < limit.Probability)
                continue;
            // Without the looks at its ends that hardly hear it: they are before or behind the fault.
            var heard = Enumerable.Range(first, length)
                .Where(look => looks.Probability(look, fault) >= limit.Probability / 2);
            yield return (TimeOf(heard.First()), TimeOf(heard.Last()) + 1, mean);
        }
    }

    private static IEnumerable<(int First, double Mean)> Confirmed(SoundLooks looks, int fault, int length) =>
        Means(looks, fault, length).Where(run => AudioClasses.Names[fault] switch
        {
            AudioClasses.Dropout =>
                TensorPrimitives.Max(looks.Gaps.Slice(run.First, length)) >= SoundMoments.DropoutEdge,
            // In the middle of the run, whose last look is a second long.
            AudioClasses.LevelJump =>
                SoundMoments.Step(looks.Levels, run.First + (length - 1 + SoundLooks.Rate) / 2)
                    >= SoundMoments.JumpStep,
            _ => true,
        });

    /// <summary>Mean probability of each run of looks of which at least half are examined, with its first one.
    /// </summary>
    private static IEnumerable<(int First, double Mean)> Means(SoundLooks looks, int fault, int length)
    {
        var (sum, examined) = (0.0, 0);
        for (var look = 0; look < looks.Count; look++)
        {
            Count(look, 1);
            if (look >= length)
                Count(look - length, -1);
            if (look >= length - 1 && 2 * examined >= length)
                yield return (look - length + 1, Math.Clamp(sum / examined, 0, 1));
        }

        void Count(int look, int sign)
        {
            if (!looks.IsExamined(look))
                return;
            sum += sign * (double)looks.Probability(look, fault);
            examined += sign;
        }
    }

    /// <summary>Looks that lie within the limit's time; a shorter file is judged whole.</summary>
    private static int LengthOf(SoundLimit limit, int looks) =>
        Math.Clamp(1 + (int)Math.Round((limit.Seconds - 1) * SoundLooks.Rate), 1, Math.Max(1, looks));

    private static double TimeOf(int look) => (double)look / SoundLooks.Rate;

    private static CheckResult Judge(
        CheckInfo check,
        int fault,
        string stream,
        SoundLooks looks,
        double start,
        Severity severity,
        SoundLimit limit)
    {
        var name = AudioClasses.Names[fault];
        var largest = Confirmed(looks, fault, LengthOf(limit, looks.Count))
            .Select(each => each.Mean).DefaultIfEmpty().Max();
        var found = Stretches(looks, fault, limit).Select(each => (each.Start + start, each.End + start, each.Value));
        var findings = Stretch.Join(found, 0, severity, mean => string.Create(
            CultureInfo.InvariantCulture, $"{name}, confidence {mean:0.00}"));
        return CheckResult.Of(
            check,
            stream,
            largest,
            string.Create(
                CultureInfo.InvariantCulture,
                $"below {limit.Probability:0.###} over {Math.Max(1, limit.Seconds):0.##} s"),
            findings.ConvertAll(finding => finding with { Confidence = finding.Measured }));
    }
}
