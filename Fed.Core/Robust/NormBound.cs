namespace Fed.Core.Robust;

/// <summary>
/// The weighted mean of updates that are scaled down to an L2 norm (Sun 2019, section 5): x_i min(1, C / |x_i|). No
/// update, however large, moves the mean by more than C times its share of the weight. Where none is too long, the
/// plain fold's bits.
/// </summary>
/// <param name="norm">C, above 0, in units of the parameters.</param>
public sealed class NormBound(double norm) : IRobustRule
{
    private readonly double _norm = Bounds.Positive("norm-bound", "norm", norm);

    public string Name => "norm-bound";

    public GeometryNeeds Needs => GeometryNeeds.Norms;

    RobustPlan IRobustRule.Plan(IReadOnlyList<RobustInput> inputs, Geometry? geometry)
    {
        double weight = inputs.Sum(input => input.Weight);
        var indices = Enumerable.Range(0, inputs.Count);
        if (indices.All(i => geometry!.Length(i) <= _norm && inputs[i].Factor <= int.MaxValue))
            return new RobustPlan.Weighted([.. inputs.Select(input => input.Factor)], weight);
        return RobustPlan.Of(
            [.. indices.Select(i => inputs[i].Factor * Math.Min(1, _norm / geometry!.Length(i)))], weight);
    }
}
