using System.Numerics;

namespace Fed.Core.Aggregation;

/// <summary>Proof, before a federation is accepted, that no sum can overflow 64 bits.</summary>
/// <param name="Grid">Bound and fractional bits.</param>
/// <param name="MaxWeight">Largest integer weight of one contribution.</param>
/// <param name="ClusterGoal">Most contributions that one cluster fold takes.</param>
/// <param name="GlobalGoal">Most cluster aggregates that one global fold takes.</param>
public sealed record AggregationBudget(Grid Grid, long MaxWeight, int ClusterGoal, int GlobalGoal)
{
    /// <summary>
    /// bound 2^f x weight x K of the clusters x 2^8 (global staleness weight) x K of the global tier.
    /// </summary>
    public BigInteger LargestSum =>
        new BigInteger(Math.Ceiling(Grid.Bound * (double)Grid.Scale))
        * MaxWeight * ClusterGoal * IntegerWeight.One * GlobalGoal;

    /// <exception cref="ArgumentException">The largest sum does not fit; the message says what to lower.</exception>
    public void Validate()
    {
        Grid.Validate();
        if (MaxWeight is < 1 or > int.MaxValue)
            throw new ArgumentException($"the largest weight is {MaxWeight}; it must be 1 to {int.MaxValue}");
        // A goal below 1 would make the product small, or negative, and so let any setting pass.
        if (ClusterGoal < 1)
            throw new ArgumentException($"the cluster tier's goal is {ClusterGoal}; it must be at least 1");
        if (GlobalGoal < 1)
            throw new ArgumentException($"the global tier's goal is {GlobalGoal}; it must be at least 1");
        if (LargestSum <= long.MaxValue)
            return;
        throw new ArgumentException(
            $"sums could reach {LargestSum}, beyond 2^63: {FewerBits()}lower bound ({Grid.Bound}), exampleCap "
            + $"({MaxWeight >> IntegerWeight.FractionalBits}) or a tier's goal ({ClusterGoal} and {GlobalGoal})");
    }

    /// <summary>The most fractional bits that fit, as advice; empty when no number of them would.</summary>
    private string FewerBits()
    {
        for (var bits = Grid.FractionalBits - 1; bits >= 0; bits--)
        {
            if ((this with { Grid = Grid with { FractionalBits = bits } }).LargestSum <= long.MaxValue)
                return $"lower fractionalBits ({Grid.FractionalBits}) to {bits}, or ";
        }

        return "";
    }
}
