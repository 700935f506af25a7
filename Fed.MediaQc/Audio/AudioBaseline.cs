using Fed.MediaQc.Files;

namespace Fed.MediaQc.Audio;

/// <summary>
/// What the learned model is to beat: one measurement and one fixed threshold a class, in the manner of ffmpeg's
/// astats, silencedetect and ebur128. It sees what the model sees, the stored planes. The thresholds are those that
/// serve all houses' validation data best.
/// </summary>
/// <param name="Detectors">In the order in which they are asked; the first that answers decides, none is clean.</param>
public sealed record AudioBaseline(IReadOnlyList<AudioDetector> Detectors)
{
    private const int Side = AudioFeatures.Side;

    /// <summary>Mel bands from 2 kHz up.</summary>
    private const int FirstHighBand = 22;

    // Power of a sample in each column of the histogram: the middle of its two decibels.
    private static readonly double[] s_columnPowers =
        [.. Enumerable.Range(0, Side).Select(c => Math.Pow(10, -(Side - 0.5 - c) * AudioFeatures.LevelStep / 10))];

    /// <summary>
    /// For each fault the threshold with the best F1 on these data; who is more often right is asked first.
    /// </summary>
    /// <param name="validation">Of all houses; at least one sample of each class.</param>
    public static AudioBaseline Fit(IReadOnlyList<PatchSet> validation)
    {
        var samples = validation
            .SelectMany(
                set => Enumerable.Range(0, set.Count),
                (set, i) => (Scores: Measure(set.Patch(i)), Label: set.Labels[i]))
            .ToList();
        var detectors = AudioClasses.Names.Skip(1)
            .Select(name => Fit(name, [.. samples.Select(s => (s.Scores[AudioClasses.Index(name)], s.Label))]))
            .OrderByDescending(detector => detector.F1)
            .ToList();
        return new AudioBaseline(detectors);
    }

    /// <summary>Label of a second.</summary>
    /// <param name="planes">Of <see cref="AudioFeatures"/>.</param>
    public byte Classify(ReadOnlySpan<byte> planes)
    {
        var scores = Measure(planes);
        foreach (var detector in Detectors)
        {
            var label = AudioClasses.Index(detector.Class);
            if (scores[label] >= detector.Threshold)
                return label;
        }

        return AudioClasses.Index(AudioClasses.Clean);
    }

    /// <summary>Share of the samples that get the right label, 0 to 1.</summary>
    public double Accuracy(PatchSet set) =>
        Enumerable.Range(0, set.Count).Count(i => Classify(set.Patch(i)) == set.Labels[i]) / (double)set.Count;

    /// <summary>
    /// One measurement a class, by label; more means more of the fault. Clipping: share of the samples within 4 dB of
    /// the peak. Dropout: the quietest frame, dB below the mean. Level jump: largest difference of mean level before
    /// and after a moment, dB. Noise: the tenth percentile of the frames' levels, dB of the mean. Narrow band: power
    /// from 2 kHz up, dB below the rest. Unclear: deviation of the frames' levels, dB, negative.
    /// </summary>
    public static double[] Measure(ReadOnlySpan<byte> planes)
    {
        var histogram = planes[AudioFeatures.Plane..];
        var powers = new double[Side];
        var near = 0.0;
        for (var i = 0; i < AudioFeatures.Plane; i++)
        {
            var share = Math.Pow(histogram[i] / (double)AudioFeatures.CountTop, 2);
            powers[i / Side] += share * s_columnPowers[i % Side];
            near += i % Side >= Side - 2 ? share / Side : 0;
        }

        var mean = powers.Average() + 1e-12;
        var levels = Array.ConvertAll(powers, power => 10 * Math.Log10(power / mean + 1e-7));
        var sorted = levels.Order().ToArray();
        var spread = Math.Sqrt(levels.Average(level => level * level) - Math.Pow(levels.Average(), 2));
        var treble = HighBandsBelow(planes[..AudioFeatures.Plane]);
        return [0, near, -sorted[0], LargestStep(powers), sorted[Side / 10], treble, -spread];
    }

    private static AudioDetector Fit(string name, List<(double Score, byte Label)> samples)
    {
        var wanted = AudioClasses.Index(name);
        var all = samples.Count(sample => sample.Label == wanted);
        var (best, hits, taken) = (new AudioDetector(name, double.PositiveInfinity, 0), 0, 0);
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
                best = new AudioDetector(name, descending[i].Score, f1);
        }

        return best;
    }

    private static double LargestStep(double[] powers)
    {
        var largest = 0.0;
        for (var t = 6; t <= Side - 6; t++)
        {
            double before = powers.Take(t).Average() + 1e-9, after = powers.Skip(t).Average() + 1e-9;
            largest = Math.Max(largest, Math.Abs(10 * Math.Log10(after / before)));
        }

        return largest;
    }

    private static double HighBandsBelow(ReadOnlySpan<byte> mel)
    {
        double low = 1e-12, high = 1e-12;
        for (var i = 0; i < mel.Length; i++)
        {
            var power = Math.Pow(10, (mel[i] - AudioFeatures.MelTop) * AudioFeatures.MelStep / 10);
            if (i % Side >= FirstHighBand)
                high += power;
            else
                low += power;
        }

        return 10 * Math.Log10(low / high);
    }
}

/// <summary>One class's fixed threshold.</summary>
/// <param name="Class">What it detects.</param>
/// <param name="Threshold">A measurement from here up is the fault.</param>
/// <param name="F1">On the data that it was chosen by, 0 to 1.</param>
public sealed record AudioDetector(string Class, double Threshold, double F1);
