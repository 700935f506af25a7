using Fed.MediaQc.Features;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Audio;

/// <summary>
/// Fixed thresholds for the audio task, in the manner of ffmpeg's astats, silencedetect and ebur128.
/// </summary>
public static class AudioBaseline
{
    private const int Side = AudioFeatures.Side;

    /// <summary>Mel bands from 2 kHz up.</summary>
    private const int FirstHighBand = 22;

    // Power of a sample in each column of the histogram: the middle of its two decibels.
    private static readonly double[] s_columnPowers =
        [.. Enumerable.Range(0, Side).Select(c => Math.Pow(10, -(Side - 0.5 - c) * AudioFeatures.LevelStep / 10))];

    /// <param name="validation">Of all houses; at least one sample of each class.</param>
    public static FixedThresholds Fit(IReadOnlyList<PatchSet> validation) =>
        FixedThresholds.Fit(validation, AudioClasses.Clean, Measure);

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
