namespace Fed.Grains.Telemetry;

/// <summary>How far the data of participants are from those of their cluster, of the ones that share something.</summary>
/// <param name="Sharing">So many do.</param>
/// <param name="Mean">Distance, 0 to 1.</param>
/// <param name="Max">Of the one farthest away, 0 to 1.</param>
public record DataSpread(int Sharing, double Mean, double Max)
{
    /// <param name="distances">Of at least one participant.</param>
    public static DataSpread Of(IReadOnlyCollection<double> distances) =>
        new(distances.Count, distances.Average(), distances.Max());
}

/// <summary>
/// How unlike the participants' data are, by what those say of their labels who share it: total variation distances,
/// half the sum of differences, of each one's distribution from that of all their examples together. 0: it is the same;
/// 1: they have no class in common (Hsieh 2020, "The Non-IID Data Quagmire", measures label skew likewise).
/// </summary>
/// <param name="Spread">Of the distances.</param>
/// <param name="Shares">Of all their examples, by class.</param>
public sealed record LabelSpread(DataSpread Spread, IReadOnlyList<double> Shares) : DataSpread(Spread)
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
        return new LabelSpread(DataSpread.Of(distances), shares);
    }

    private static double[] SharesOf(double[] counts)
    {
        var total = counts.Sum();
        return [.. counts.Select(count => count / total)];
    }

    private static double Distance(double[] one, double[] all) =>
        all.Select((share, label) => Math.Abs(share - (label < one.Length ? one[label] : 0))).Sum() / 2;
}
