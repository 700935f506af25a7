namespace Fed.Core.Robust;

/// <summary>
/// The point with the smallest weighted sum of distances, by the smoothed Weiszfeld algorithm (Pillutla 2022, RFA,
/// algorithm 2): b_i = a_i / max(nu, |z - x_i|), z = sum b_i x_i / sum b_i, from the weighted mean. With less than
/// half of the weight hostile it stays near the honest updates, however far the hostile ones are.
/// </summary>
/// <param name="iterations">Averages that are taken, the mean that it starts from included, 2 to 1000.</param>
/// <param name="smoothing">nu, above 0, in units of the parameters.</param>
public sealed class GeometricMedian(int iterations = 32, double smoothing = 1e-6) : IRobustRule
{
    private readonly int _iterations = Bounds.Within("geometric-median", "iterations", iterations, 2, 1000);
    private readonly double _smoothing = Bounds.Positive("geometric-median", "smoothing", smoothing);

    public string Name => "geometric-median";

    public GeometryNeeds Needs => GeometryNeeds.Distances;

    RobustPlan IRobustRule.Plan(IReadOnlyList<RobustInput> inputs, Geometry? geometry)
    {
        double[] weights = [.. inputs.Select(input => (double)input.Factor)];
        if (weights.Sum() == 0)
            return RobustPlan.Of(weights, 1);
        for (var pass = 1; pass < _iterations; pass++)
        {
            var squared = Combination.SquaredDistances(weights, geometry!.Distance);
            for (var i = 0; i < weights.Length; i++)
                weights[i] = inputs[i].Factor / Math.Max(_smoothing, geometry.Length(squared[i]));
        }

        return RobustPlan.Of(weights, weights.Sum());
    }
}
