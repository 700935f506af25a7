namespace Fed.Contracts;

/// <summary>How tiers are named in manifests, in the registry and in metrics; clusters go by their keys.</summary>
public static class TierNames
{
    /// <summary>The global tier.</summary>
    public const string Global = "global";

    /// <summary>The moves of the channel stable.</summary>
    public const string Stable = "stable";

    /// <summary>What stewards gave up keeping.</summary>
    public const string Retention = "retention";

    /// <summary>None of them can be the name of a cluster.</summary>
    public static IReadOnlyList<string> Reserved { get; } = [Global, Stable, Retention];
}
