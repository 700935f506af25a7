namespace Fed.Core.Robust;

/// <summary>
/// The one update whose n - f - 2 nearest others are nearest (Blanchard 2017), whole. Needs 2f + 2 &lt; n.
/// </summary>
/// <param name="hostile">f, the most hostile updates to withstand; 0 or above.</param>
public sealed class Krum(int hostile) : IRobustRule
{
    private readonly int _hostile = Bounds.Within("krum", "hostile", hostile, 0, TrimmedMean.MaxCount);

    public string Name => "krum";

    public GeometryNeeds Needs => GeometryNeeds.Distances;

    public int Least => KrumScores.Least(_hostile);

    public string Bound => KrumScores.Bound(_hostile);

    RobustPlan IRobustRule.Plan(IReadOnlyList<RobustInput> inputs, Geometry? geometry) =>
        RobustPlan.MeanOf(KrumScores.Best(geometry!, _hostile, 1), inputs.Count);
}

/// <summary>
/// The mean of the m updates with the best Krum scores (Blanchard 2017, section 4), each counted once. Needs 2f + 2
/// &lt; n.
/// </summary>
/// <param name="hostile">f, the most hostile updates to withstand; 0 or above.</param>
/// <param name="selected">m, at most n - f; 0: n - f, as many as must be honest.</param>
public sealed class MultiKrum(int hostile, int selected = 0) : IRobustRule
{
    private readonly int _hostile = Bounds.Within("multi-krum", "hostile", hostile, 0, TrimmedMean.MaxCount);
    private readonly int _selected = Bounds.Within("multi-krum", "selected", selected, 0, TrimmedMean.MaxCount);

    public string Name => "multi-krum";

    public GeometryNeeds Needs => GeometryNeeds.Distances;

    public int Least => Math.Max(KrumScores.Least(_hostile), _selected + _hostile);

    public string Bound => KrumScores.Bound(_hostile) + (_selected > 0 ? $" and m <= n - f with m = {_selected}" : "");

    RobustPlan IRobustRule.Plan(IReadOnlyList<RobustInput> inputs, Geometry? geometry)
    {
        var count = _selected > 0 ? _selected : inputs.Count - _hostile;
        return RobustPlan.MeanOf(KrumScores.Best(geometry!, _hostile, count), inputs.Count);
    }
}

/// <summary>
/// Krum chooses n - 2f updates, one after the other; of these each parameter takes the mean of the n - 4f values
/// nearest to their median (El Mhamdi 2018, section 4). Needs n >= 4f + 3.
/// </summary>
/// <param name="hostile">f, the most hostile updates to withstand; 0 or above.</param>
public sealed class Bulyan(int hostile) : IRobustRule
{
    private readonly int _hostile = Bounds.Within("bulyan", "hostile", hostile, 0, TrimmedMean.MaxCount);

    public string Name => "bulyan";

    public GeometryNeeds Needs => GeometryNeeds.Distances;

    public int Least => 4 * _hostile + 3;

    public string Bound => $"n >= 4f + 3 with f = {_hostile}";

    RobustPlan IRobustRule.Plan(IReadOnlyList<RobustInput> inputs, Geometry? geometry)
    {
        var selected = inputs.Count - 2 * _hostile;
        return new RobustPlan.Columns(
            KrumScores.BestInTurn(geometry!, _hostile, selected),
            new NearestToMedian(selected, selected - 2 * _hostile));
    }
}

/// <summary>
/// Krum's scores: the sum of the n - f - 2 smallest squared distances to others (Blanchard 2017). Exact.
/// </summary>
internal static class KrumScores
{
    public static int Least(int hostile) => 2 * hostile + 3;

    public static string Bound(int hostile) => $"2f + 2 < n with f = {hostile}";

    /// <summary>The updates with the smallest scores; of equal ones, those whose hash is smaller.</summary>
    public static int[] Best(Geometry geometry, int hostile, int count)
    {
        int[] all = [.. Enumerable.Range(0, geometry.Count)];
        // OrderBy is stable, and updates stand in the order of their hashes.
        return [.. all.OrderBy(i => Score(geometry, all, i, hostile)).Take(count)];
    }

    /// <summary>Krum, again and again among those that are left (El Mhamdi 2018, section 4).</summary>
    public static int[] BestInTurn(Geometry geometry, int hostile, int count)
    {
        var left = Enumerable.Range(0, geometry.Count).ToList();
        var chosen = new int[count];
        for (var i = 0; i < count; i++)
        {
            chosen[i] = left.MinBy(candidate => Score(geometry, left, candidate, hostile));
            left.Remove(chosen[i]);
        }

        return chosen;
    }

    /// <summary>At least the nearest one counts, where few are left.</summary>
    private static UInt128 Score(Geometry geometry, IReadOnlyList<int> among, int i, int hostile)
    {
        UInt128 score = 0;
        foreach (var distance in among
            .Where(j => j != i)
            .Select(j => geometry.Distance(i, j))
            .Order()
            .Take(Math.Max(1, among.Count - hostile - 2)))
        {
            score += distance;
        }

        return score;
    }
}
