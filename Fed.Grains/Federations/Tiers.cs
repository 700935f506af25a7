using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Core.Aggregation;
using Fed.Core.Buffers;
using Fed.Core.Optimizers;
using Fed.Core.Staleness;

namespace Fed.Grains.Federations;

/// <summary>What follows from a federation's settings.</summary>
public static class Tiers
{
    public static Grid GridOf(ArithmeticSettings arithmetic) => new(arithmetic.FractionalBits, arithmetic.Bound);

    public static BufferRule ClusterBuffer(FederationSettings settings, string cluster) =>
        Buffer(settings.ClusterTier, settings.Roster.Count(entry => entry.Cluster == cluster));

    public static BufferRule GlobalBuffer(FederationSettings settings) =>
        Buffer(settings.GlobalTier, settings.Clusters.Count);

    /// <summary>Whether a cluster's rounds are those of its whole cohort, late contributions on top.</summary>
    public static bool GathersCohorts(FederationSettings settings) =>
        settings is { Mode: FederationMode.Async, HoldSeconds: > 0, ClusterTier.Goal: 0 };

    public static IServerOptimizer OptimizerOf(OptimizerSettings settings) => ServerOptimizers.Create(
        settings.Kind, settings.LearningRate, settings.Beta1, settings.Beta2, settings.Tau);

    /// <summary>Factor and divisor of a contribution of n examples at staleness t.</summary>
    public static (long Factor, long Weight) Weigh(ArithmeticSettings arithmetic, long examples, long staleness)
    {
        var function = StalenessFunctions.Parse(arithmetic.Staleness);
        if (arithmetic.Normalisation == Normalisations.Count)
            return (IntegerWeight.Of(1, 1, function, staleness), IntegerWeight.One);
        var weight = IntegerWeight.Of(examples, arithmetic.ExampleCap, function, staleness);
        return (weight, arithmetic.Normalisation == Normalisations.Cohort
            ? IntegerWeight.Of(examples, arithmetic.ExampleCap, function, 0)
            : weight);
    }

    /// <summary>Factor and divisor of a cluster's aggregate of weight W at staleness t.</summary>
    public static (long Factor, long Weight) WeighAggregate(ArithmeticSettings arithmetic, long weight, long staleness)
    {
        var factor = IntegerWeight.Of(1, 1, StalenessFunctions.Parse(arithmetic.Staleness), staleness);
        return (factor, (arithmetic.Normalisation == Normalisations.Weight ? factor : IntegerWeight.One) * weight);
    }

    /// <summary>
    /// The inputs of a buffer that closed. By cohort, those that are missing count as no change, at the mean weight of
    /// those that are there: W grows by goal / count.
    /// </summary>
    public static FoldInputReference[] Close(
        ArithmeticSettings arithmetic, IEnumerable<FoldInputReference> buffer, int goal)
    {
        FoldInputReference[] inputs = [.. buffer];
        if (arithmetic.Normalisation != Normalisations.Cohort)
            return inputs;
        return [.. inputs.Select(input => input with { Weight = input.Weight * goal / inputs.Length })];
    }

    public static AggregationBudget BudgetOf(FederationSettings settings)
    {
        var arithmetic = settings.Arithmetic;
        var examples = arithmetic.Normalisation == Normalisations.Count ? 1 : arithmetic.ExampleCap;
        return new AggregationBudget(
            GridOf(arithmetic),
            examples * IntegerWeight.One,
            settings.Clusters.Max(cluster => ClusterBuffer(settings, cluster).Goal) * (GathersCohorts(settings) ? 2 : 1),
            GlobalBuffer(settings).Goal);
    }

    private static BufferRule Buffer(TierSettings tier, int cohort)
    {
        var goal = tier.Goal == 0 ? Math.Max(1, cohort) : tier.Goal;
        return new BufferRule(goal, Math.Min(tier.Quorum, goal), TimeSpan.FromSeconds(tier.DeadlineSeconds));
    }
}
