using System.Numerics;

namespace Fed.Core.Aggregation;

/// <summary>Proof, before a federation is accepted, that no sum can overflow 64 bits.</summary>
/// <param name="Grid">Bound and fractional bits.</param>
/// <param name="MaxWeight">Largest integer weight of one contribution.</param>
/// <param name="ClusterGoal">Most contributions that one cluster fold takes.</param>
/// <param name="GlobalGoal">Most cluster aggregates that one global fold takes.</param>
public sealed record AggregationBudget(Grid Grid, long MaxWeight, int ClusterGoal, int GlobalGoal)
{
    /// <summary>bound 2^f x weight x K of the clusters x 2^8 (global staleness weight) x K of the global tier.</summary>
    public BigInteger LargestSum =>
        new BigInteger(Math.Ceiling(Grid.Bound * (double)Grid.Scale))
        * MaxWeight * ClusterGoal * IntegerWeight.One * GlobalGoal;

    /// <exception cref="ArgumentException">The largest sum does not fit; the message says what to lower.</exception>
    public void Validate()
    {
        Grid.Validate();
        if (LargestSum <= long.MaxValue)
            return;
        var excess = (int)(LargestSum / long.MaxValue).GetBitLength();
        throw new ArgumentException(
            $"sums could reach {LargestSum}, beyond 2^63: lower fractionalBits ({Grid.FractionalBits}) to "
            + $"{Math.Max(0, Grid.FractionalBits - excess)}, or lower bound ({Grid.Bound}), exampleCap "
            + $"({MaxWeight >> IntegerWeight.FractionalBits}) or a tier's goal ({ClusterGoal} and {GlobalGoal})");
    }
}
