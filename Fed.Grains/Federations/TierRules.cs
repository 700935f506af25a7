using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Core.Aggregation;
using Fed.Core.Robust;
using Fed.Folding;
using Fed.Grains.Tiers;

namespace Fed.Grains.Federations;

/// <summary>What follows from a federation's settings.</summary>
public static class TierRules
{
    /// <param name="away">So many of the cohort are suspended: no goal waits for them.</param>
    public static BufferRule ClusterBuffer(FederationSettings settings, Cohort cohort, int away = 0) =>
        Buffer(settings.ClusterTier, cohort.Size, away);

    public static BufferRule GlobalBuffer(FederationSettings settings) =>
        Buffer(settings.GlobalTier, settings.Clusters.Count, away: 0);

    /// <summary>Whether a cluster's rounds are those of its whole cohort, late contributions on top.</summary>
    public static bool GathersCohorts(FederationSettings settings) =>
        settings is { Mode: FederationMode.Async, HoldSeconds: > 0, ClusterTier.Goal: 0 };

    /// <summary>Most versions that a participant's contribution may be behind: a round of others is over.</summary>
    public static int MaxStaleness(FederationSettings settings) =>
        settings.Mode == FederationMode.Sync ? 0 : settings.ClusterTier.MaxStaleness;

    /// <summary>Null for the mean.</summary>
    public static IRobustRule? RuleOf(TierSettings tier) => RobustRules.Parse(tier.Rule);

    public static bool NeedsReference(IRobustRule? rule) => rule is { NeedsReference: true };

    /// <summary>Most contributions that one fold of a cluster counts.</summary>
    public static int MostInputs(FederationSettings settings, Cohort cohort) => RuleOf(settings.ClusterTier) is null
        ? ClusterBuffer(settings, cohort).Goal * (GathersCohorts(settings) ? 2 : 1)
        : cohort.Size;

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
    /// those that are there: W grows by goal / count, and what integer division leaves goes to the next, so that only
    /// the total is rounded. With equal weights it is exactly goal weights, whoever is missing.
    /// </summary>
    public static FoldInputReference[] Close(
        ArithmeticSettings arithmetic, IReadOnlyList<FoldInputReference> inputs, int goal)
    {
        if (arithmetic.Normalisation != Normalisations.Cohort)
            return [.. inputs];
        var left = 0L;
        return [.. inputs.Select(input =>
        {
            var (weight, rest) = Math.DivRem(input.Weight * goal + left, inputs.Count);
            left = rest;
            return input with { Weight = weight };
        })];
    }

    public static AggregationBudget BudgetOf(FederationSettings settings)
    {
        var arithmetic = settings.Arithmetic;
        var examples = arithmetic.Normalisation == Normalisations.Count ? 1 : arithmetic.ExampleCap;
        return new AggregationBudget(
            FoldSettings.GridOf(arithmetic),
            examples * IntegerWeight.One,
            settings.Clusters.Max(cluster => MostInputs(settings, Cohort.Of(settings, cluster))),
            RuleOf(settings.GlobalTier) is null ? GlobalBuffer(settings).Goal : settings.Clusters.Count);
    }

    /// <summary>A goal beyond the cohort counts what the same ones contribute to several versions.</summary>
    private static BufferRule Buffer(TierSettings tier, int cohort, int away)
    {
        var present = Math.Max(1, cohort - away);
        var goal = tier.Goal == 0 ? present : tier.Goal > cohort ? tier.Goal : Math.Min(tier.Goal, present);
        return new BufferRule(goal, Math.Min(tier.Quorum, goal), TimeSpan.FromSeconds(tier.DeadlineSeconds));
    }
}

/// <summary>What the roster says of one cluster.</summary>
/// <param name="Cluster">Its key.</param>
/// <param name="Members">Its participants.</param>
/// <param name="Trusted">The participant whose update its rule trusts; null where it trusts nobody.</param>
public sealed record Cohort(string Cluster, IReadOnlyList<string> Members, string? Trusted)
{
    public int Size => Members.Count;

    /// <summary>Looks at the whole roster.</summary>
    public static Cohort Of(FederationSettings settings, string cluster) => new(
        cluster,
        [.. settings.Roster.Where(entry => entry.Cluster == cluster).Select(entry => entry.Name)],
        settings.Roster.FirstOrDefault(entry => entry.Cluster == cluster && entry.Trusted)?.Name);
}

/// <summary>What one fold takes out of a buffer.</summary>
/// <param name="Consumed">So many contributions, from the oldest.</param>
/// <param name="Inputs">Those that count.</param>
/// <param name="Reference">The trusted update; null where the rule needs none.</param>
internal sealed record FoldBatch(int Consumed, IReadOnlyList<FoldInputReference> Inputs, string? Reference)
{
    /// <summary>By the mean: the first contributions, each for itself.</summary>
    public static FoldBatch First(IEnumerable<FoldInputReference> pending, int most)
    {
        FoldInputReference[] inputs = [.. pending.Take(most)];
        return new FoldBatch(inputs.Length, inputs, Reference: null);
    }

    /// <summary>
    /// By a robust rule: all of them, but of each sender only the newest, or one hostile sender with several
    /// contributions would outvote as many honest ones.
    /// </summary>
    /// <param name="trusted">Name of the sender whose contribution is the reference; null: there is none.</param>
    public static FoldBatch OnePerSender(
        IReadOnlyList<(string Sender, FoldInputReference Input)> pending, string? trusted)
    {
        var newest = new Dictionary<string, FoldInputReference>(StringComparer.Ordinal);
        foreach (var (sender, input) in pending)
            newest[sender] = input;
        var reference = trusted is not null && newest.Remove(trusted, out var own) ? own.Sha256 : null;
        return new FoldBatch(pending.Count, [.. newest.Values], reference);
    }
}
