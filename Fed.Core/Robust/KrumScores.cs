namespace Fed.Core.Robust;

/// <summary>Krum's scores: the sum of the n - f - 2 smallest squared distances to others (Blanchard 2017).
/// Exact.</summary>
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
