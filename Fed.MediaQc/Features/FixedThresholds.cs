using Fed.MediaQc.Files;
using Fed.Training;

namespace Fed.MediaQc.Features;

/// <summary>
/// What a learned model is to beat: one measurement and one fixed threshold a class, as the filters of QC tools have
/// them. It sees what the model sees, the stored sample.
/// </summary>
/// <param name="Measure">Of a stored sample: one measurement a class, by label; more means more of the fault.</param>
/// <param name="Clean">Label of a sample in which no detector finds anything.</param>
/// <param name="Detectors">In the order in which they are asked; the first that answers decides.</param>
public sealed record FixedThresholds(
    SampleMeasure Measure, byte Clean, IReadOnlyList<ThresholdDetector> Detectors) : ISampleRules
{
    /// <summary>
    /// For each fault the threshold with the best F1 on these samples; who is more often right is asked first.
    /// </summary>
    /// <param name="sets">At least one, all of one task.</param>
    /// <param name="clean">Name of the class that has no detector.</param>
    public static FixedThresholds Fit(IReadOnlyList<PatchSet> sets, string clean, SampleMeasure measure)
    {
        var samples = sets
            .SelectMany(
                set => Enumerable.Range(0, set.Count),
                (set, i) => (Scores: measure(set.Patch(i)), Label: set.Labels[i]))
            .ToList();
        var detectors = sets[0].Classes.Index()
            .Where(each => each.Item != clean)
            .Select(each => Fit(
                each.Item, (byte)each.Index, [.. samples.Select(sample => (sample.Scores[each.Index], sample.Label))]))
            .OrderByDescending(detector => detector.F1)
            .ToList();
        return new FixedThresholds(measure, (byte)sets[0].Classes.ToList().IndexOf(clean), detectors);
    }

    public byte Classify(ReadOnlySpan<byte> sample)
    {
        var scores = Measure(sample);
        foreach (var detector in Detectors)
        {
            if (scores[detector.Label] >= detector.Threshold)
                return detector.Label;
        }

        return Clean;
    }

    private static ThresholdDetector Fit(string name, byte wanted, List<(double Score, byte Label)> samples)
    {
        var all = samples.Count(sample => sample.Label == wanted);
        var (best, hits, taken) = (new ThresholdDetector(name, wanted, double.PositiveInfinity, 0), 0, 0);
        // Each score as a threshold: what lies at or above it is taken. Of equal scores only the last counts.
        var descending = samples.OrderByDescending(sample => sample.Score).ToList();
        for (var i = 0; i < descending.Count; i++)
        {
            taken++;
            hits += descending[i].Label == wanted ? 1 : 0;
            if (i + 1 < descending.Count && descending[i + 1].Score == descending[i].Score)
                continue;
            var f1 = 2.0 * hits / (taken + all);
            if (f1 > best.F1)
                best = new ThresholdDetector(name, wanted, descending[i].Score, f1);
        }

        return best;
    }
}

/// <summary>One measurement a class, by label.</summary>
public delegate double[] SampleMeasure(ReadOnlySpan<byte> sample);

/// <summary>One class's fixed threshold.</summary>
/// <param name="Class">What it detects.</param>
/// <param name="Label">Of that class.</param>
/// <param name="Threshold">A measurement from here up is the fault.</param>
/// <param name="F1">On the samples that it was chosen by, 0 to 1.</param>
public sealed record ThresholdDetector(string Class, byte Label, double Threshold, double F1);

/// <summary>Rules, without learning, that say which class a stored sample is of.</summary>
public interface ISampleRules
{
    /// <returns>Its label.</returns>
    byte Classify(ReadOnlySpan<byte> sample);
}

/// <summary>How well rules do.</summary>
public static class SampleRules
{
    /// <returns>[true class, said class] counts.</returns>
    public static int[,] Confusion(this ISampleRules rules, PatchSet set)
    {
        var counts = new int[set.Classes.Count, set.Classes.Count];
        for (var i = 0; i < set.Count; i++)
            counts[set.Labels[i], rules.Classify(set.Patch(i))]++;
        return counts;
    }

    /// <returns>Share of the samples that get the right label, 0 to 1.</returns>
    public static double Accuracy(this ISampleRules rules, PatchSet set) =>
        ConfusionMatrix.Accuracy(rules.Confusion(set));
}
