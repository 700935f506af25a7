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
