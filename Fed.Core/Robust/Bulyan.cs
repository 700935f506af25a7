namespace Fed.Core.Robust;

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
