using Fed.Contracts.Participants;

namespace Fed.Grains.Telemetry;

/// <summary>
/// How unlike the participants' features are, by mean and variance of each: Hellinger distances of the normal
/// distributions that have them, of each participant from all their examples together, on average over the features
/// (closed form: Pardo 2006, "Statistical Inference Based on Divergence Measures"). 0: they are the same; 1: they have
/// nothing in common.
/// </summary>
public static class FeatureSpread
{
    /// <param name="summaries">One of each participant, all of the same features.</param>
    /// <returns>Null: nobody shares theirs.</returns>
    public static DataSpread? Of(IReadOnlyCollection<FeatureSummary> summaries)
    {
        if (summaries.Count == 0)
            return null;
        var features = summaries.First().Means.Count;
        var (means, variances) = (new double[features], new double[features]);
        var examples = summaries.Sum(one => (double)one.Examples);
        for (var feature = 0; feature < features; feature++)
        {
            means[feature] = summaries.Sum(one => one.Examples / examples * one.Means[feature]);
            // Within each of them, and between them: no difference of two large numbers.
            variances[feature] = summaries.Sum(one => one.Examples / examples
                * (one.Variances[feature] + Square(one.Means[feature] - means[feature])));
        }

        return DataSpread.Of(
        [
            .. summaries.Select(one => Enumerable.Range(0, features).Average(feature => Distance(
                one.Means[feature] - means[feature], one.Variances[feature], variances[feature]))),
        ]);
    }

    private static double Distance(double apart, double one, double other)
    {
        var both = one + other;
        if (both == 0)
            return apart == 0 ? 0 : 1;
        var overlap = Math.Sqrt(2 * Math.Sqrt(one) * Math.Sqrt(other) / both) * Math.Exp(-Square(apart) / (4 * both));
        return Math.Sqrt(Math.Max(0, 1 - overlap));
    }

    private static double Square(double value) => value * value;
}
