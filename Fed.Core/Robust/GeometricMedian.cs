using System.Numerics;

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

/// <summary>
/// Distances between updates and a point in between, z = sum w_i x_i with sum w_i = 1, from pairwise distances
/// alone: |z - x_j|^2 = sum_i w_i d_ij - 1/2 sum_ik w_i w_k d_ik. In unlimited integers, so that the subtraction
/// cancels nothing.
/// </summary>
internal static class Combination
{
    private const int WeightBits = 52;

    /// <summary>Squared distances of all points from z.</summary>
    /// <param name="weights">0 or above, with a sum above 0; they are divided by it, and rounded to 2^-52.</param>
    /// <param name="squared">Squared distance of two points, 0 of a point from itself.</param>
    public static double[] SquaredDistances(double[] weights, Func<int, int, UInt128> squared)
    {
        var total = weights.Sum();
        BigInteger[] scaled =
            [.. weights.Select(weight => (BigInteger)Math.Round(Math.ScaleB(weight / total, WeightBits)))];
        var sum = scaled.Aggregate(BigInteger.Add);
        var reach = new BigInteger[weights.Length];
        var spread = BigInteger.Zero;
        for (var j = 0; j < reach.Length; j++)
        {
            for (var i = 0; i < reach.Length; i++)
                reach[j] += scaled[i] * squared(i, j);
            spread += scaled[j] * reach[j];
        }

        var divisor = 2 * (double)sum * (double)sum;
        return [.. reach.Select(value => (double)(2 * sum * value - spread) / divisor)];
    }
}
