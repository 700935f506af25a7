namespace Fed.Core.Robust;

/// <summary>
/// The median of each parameter (Yin 2018, definition 1); of an even number, the mean of the two middle values. With
/// fewer than half of the updates hostile, each parameter stays between the smallest and the largest honest value.
/// </summary>
public sealed class CoordinateMedian : IRobustRule
{
    public string Name => "median";

    public GeometryNeeds Needs => GeometryNeeds.None;

    RobustPlan IRobustRule.Plan(IReadOnlyList<RobustInput> inputs, Geometry? geometry) => new RobustPlan.Columns(
        [.. Enumerable.Range(0, inputs.Count)], new MiddleSum(inputs.Count, (inputs.Count - 1) / 2));
}
