namespace Fed.Core.Robust;

/// <summary>
/// The mean of each parameter without its k smallest and k largest values (Yin 2018, definition 2). With at most k
/// updates hostile, each parameter stays between the smallest and the largest honest value. Needs 2k &lt; n.
/// </summary>
public sealed class TrimmedMean : IRobustRule
{
    public const int MaxCount = 100_000;

    private readonly int? _count;
    private readonly double _fraction;

    private TrimmedMean(int? count, double fraction) => (_count, _fraction) = (count, fraction);

    public string Name => "trimmed-mean";

    public GeometryNeeds Needs => GeometryNeeds.None;

    /// <param name="count">k, 0 to <see cref="MaxCount"/>.</param>
    public static TrimmedMean OfCount(int count) =>
        new(Bounds.Within("trimmed-mean", "count", count, 0, MaxCount), 0);

    /// <param name="fraction">beta, 0 to below 0.5: k is the whole part of beta n.</param>
    public static TrimmedMean OfFraction(double fraction) => fraction is >= 0 and < 0.5
        ? new TrimmedMean(null, fraction)
        : throw new ArgumentException($"trimmed-mean.fraction is {fraction}; it must be 0 to below 0.5");

    /// <summary>k for n updates.</summary>
    public int CountOf(int updates) => _count ?? (int)Math.Floor(_fraction * updates + 1e-9); // 0.29 x 100 is 28.99...

    /// <summary>Any number has less than half of itself to trim where a fraction is given.</summary>
    public int Least => 2 * (_count ?? 0) + 1;

    public string Bound => $"2k < n with k = {_count ?? 0}";

    RobustPlan IRobustRule.Plan(IReadOnlyList<RobustInput> inputs, Geometry? geometry) => new RobustPlan.Columns(
        [.. Enumerable.Range(0, inputs.Count)], new MiddleSum(inputs.Count, CountOf(inputs.Count)));
}

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
