using Fed.Contracts.Participants;
using Fed.Training;

namespace Fed.Client.Agent;

/// <summary>What of the training examples may be told: mean and variance of each feature, never a value.</summary>
internal static class FeatureMoments
{
    /// <returns>Null: there are too many features, no examples, or values beyond what may be told.</returns>
    public static FeatureSummary? Of(SampleSet samples)
    {
        var features = samples.Shape[0];
        if (samples.Count == 0 || features > FeatureSummary.MostFeatures)
            return null;
        var means = Average(samples, features, static (value, _) => value, new double[features]);
        var variances = Average(samples, features, static (value, mean) => (value - mean) * (value - mean), means);
        return means.Any(mean => Math.Abs(mean) > FeatureSummary.Largest)
            || variances.Any(variance => variance > FeatureSummary.Largest * FeatureSummary.Largest)
                ? null
                : new FeatureSummary(samples.Count, means, variances);
    }

    /// <param name="of">Of a value and its feature's mean.</param>
    private static double[] Average(
        SampleSet samples, int features, Func<double, double, double> of, double[] means)
    {
        var sums = new double[features];
        var width = samples.SampleLength / features;
        for (var i = 0; i < samples.Count; i++)
        {
            var sample = samples.Input(i);
            for (var at = 0; at < sample.Length; at++)
                sums[at / width] += of(sample[at], means[at / width]);
        }

        return [.. sums.Select(sum => sum / ((double)width * samples.Count))];
    }
}
