namespace Fed.Core.Robust;

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
