namespace Fed.Contracts.Federations;

/// <summary>What the sum of a buffer is divided by.</summary>
public static class Normalisations
{
    /// <summary>By the sum of the weights, staleness included (McMahan 2017, Algorithm 1; FedAsync's mixing).</summary>
    public const string Weight = "weight";

    /// <summary>By the number of contributions, however many examples each has (FedBuff's 1/K, Nguyen 2022).</summary>
    public const string Count = "count";

    /// <summary>
    /// By the weight of the whole cohort, were it fresh: a participant that is missing counts as no change, and a stale
    /// one counts for less. So every contribution has the same influence whichever buffer it falls into, and buffers
    /// that close early do not pull the model to one house's habits and back.
    /// </summary>
    public const string Cohort = "cohort";

    public static IReadOnlyList<string> All { get; } = [Weight, Count, Cohort];
}
