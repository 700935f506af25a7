namespace Fed.Grains.Telemetry;

/// <summary>
/// How unlike the participants' data are, by what those say of their labels who share it: total variation distances,
/// half the sum of differences, of each one's distribution from that of all their examples together. 0: it is the same;
/// 1: they have no class in common (Hsieh 2020, "The Non-IID Data Quagmire", measures label skew likewise).
/// </summary>
/// <param name="Sharing">Participants that share theirs.</param>
/// <param name="Shares">Of all their examples, by class.</param>
public sealed record LabelSpread(int Sharing, double Mean, double Max, IReadOnlyList<double> Shares)
{
    /// <param name="counts">Of each participant, by class.</param>
    /// <returns>Null: nobody shares theirs.</returns>
    public static LabelSpread? Of(IReadOnlyCollection<IReadOnlyList<long>> counts)
    {
        if (counts.Count == 0)
            return null;
        var all = new double[counts.Max(one => one.Count)];
        foreach (var one in counts)
        {
            for (var label = 0; label < one.Count; label++)
                all[label] += one[label];
        }

        var shares = SharesOf(all);
        var distances = counts.Select(one => Distance(SharesOf([.. one.Select(count => (double)count)]), shares))
            .ToArray();
        return new LabelSpread(counts.Count, distances.Average(), distances.Max(), shares);
    }

    private static double[] SharesOf(double[] counts)
    {
        var total = counts.Sum();
        return [.. counts.Select(count => count / total)];
    }

    private static double Distance(double[] one, double[] all) =>
        all.Select((share, label) => Math.Abs(share - (label < one.Length ? one[label] : 0))).Sum() / 2;
}
