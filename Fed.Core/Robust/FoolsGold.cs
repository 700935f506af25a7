namespace Fed.Core.Robust;

/// <summary>
/// Updates that point where another one points lose weight: sybils work together, honest participants differ (Fung
/// 2020, algorithm 1, with its pardoning and logit; similarity is that of these updates, no history is kept). The
/// result is sum a_i x_i / sum a_i; nothing where all updates are alike. Needs n >= 2.
/// </summary>
public sealed class FoolsGold : IRobustRule
{
    private const double JustBelowOne = 0.99;

    public string Name => "foolsgold";

    public GeometryNeeds Needs => GeometryNeeds.Products | GeometryNeeds.Norms;

    public int Least => 2;

    public string Bound => "n >= 2";

    RobustPlan IRobustRule.Plan(IReadOnlyList<RobustInput> inputs, Geometry? geometry)
    {
        var weights = Weigh(inputs.Count, geometry!.Cosine);
        var sum = weights.Sum();
        return RobustPlan.Of(weights, sum > 0 ? sum : 1);
    }

    /// <summary>a_i, 0 to 1.</summary>
    internal static double[] Weigh(int n, Func<int, int, double> cosine)
    {
        double Closest(int i, Func<int, double> similarity) =>
            Enumerable.Range(0, n).Where(j => j != i).Max(similarity);
        double[] closest = [.. Enumerable.Range(0, n).Select(i => Closest(i, j => cosine(i, j)))];
        // Pardoning: an honest update that is near a sybil keeps its weight, for the sybil has a nearer one.
        double Pardoned(int i, int j) =>
            closest[j] > closest[i] ? cosine(i, j) * closest[i] / closest[j] : cosine(i, j);
        double[] weights =
            [.. Enumerable.Range(0, n).Select(i => Math.Clamp(1 - Closest(i, j => Pardoned(i, j)), 0, 1))];
        var largest = weights.Max();
        if (largest == 0)
            return weights;
        return [.. weights.Select(weight => Logit(weight / largest))];
    }

    private static double Logit(double weight)
    {
        if (weight <= 0)
            return 0;
        var odds = Math.Min(weight, JustBelowOne);
        return Math.Clamp(Math.Log(odds / (1 - odds)) + 0.5, 0, 1);
    }
}
