using System.Numerics;

namespace Fed.Core.Robust;

/// <summary>
/// Distances between updates and a point in between, z = sum w_i x_i with sum w_i = 1, from pairwise distances alone:
/// |z - x_j|^2 = sum_i w_i d_ij - 1/2 sum_ik w_i w_k d_ik. In unlimited integers, so that the subtraction cancels
/// nothing.
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
