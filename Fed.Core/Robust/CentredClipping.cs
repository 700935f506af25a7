namespace Fed.Core.Robust;

/// <summary>
/// v + mean of (x_i - v) min(1, tau / |x_i - v|), some times over (Karimireddy 2021, section 4), from v = 0: the
/// model as it is. Each update counts once, and moves v by at most tau / n a pass.
/// </summary>
/// <param name="radius">tau, above 0, in units of the parameters.</param>
/// <param name="iterations">Passes, 1 to 1000.</param>
public sealed class CentredClipping(double radius, int iterations = 1) : IRobustRule
{
    private readonly double _radius = Bounds.Positive("centred-clipping", "radius", radius);
    private readonly int _iterations = Bounds.Within("centred-clipping", "iterations", iterations, 1, 1000);

    public string Name => "centred-clipping";

    public GeometryNeeds Needs => GeometryNeeds.Norms | GeometryNeeds.Distances;

    RobustPlan IRobustRule.Plan(IReadOnlyList<RobustInput> inputs, Geometry? geometry)
    {
        var n = inputs.Count;
        UInt128 Squared(int i, int j) => (i == n, j == n) switch
        {
            (true, true) => 0,
            (true, false) => geometry!.Norm(j),
            (false, true) => geometry!.Norm(i),
            _ => geometry!.Distance(i, j),
        };
        // v = sum of weights x_i / n; what is left of the weight n is on the origin, the last point.
        var weights = new double[n + 1];
        weights[n] = n;
        for (var pass = 0; pass < _iterations; pass++)
        {
            var squared = Combination.SquaredDistances(weights, Squared);
            double[] pulls = [.. squared.Take(n).Select(value => Math.Min(1, _radius / geometry!.Length(value)))];
            var stays = Math.Max(0, 1 - pulls.Sum() / n);
            for (var i = 0; i < n; i++)
                weights[i] = weights[i] * stays + pulls[i];
            weights[n] *= stays;
        }

        return RobustPlan.Of(weights[..n], n);
    }
}

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
        double divisor = inputs.Sum(input => input.Divisor);
        var indices = Enumerable.Range(0, inputs.Count);
        if (indices.All(i => geometry!.Length(i) <= _norm && inputs[i].Factor <= int.MaxValue))
            return new RobustPlan.Weighted([.. inputs.Select(input => input.Factor)], divisor);
        return RobustPlan.Of(
            [.. indices.Select(i => inputs[i].Factor * Math.Min(1, _norm / geometry!.Length(i)))], divisor);
    }
}
