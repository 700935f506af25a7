using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>When the buffer of one tier closes.</summary>
[GenerateSerializer, Immutable, Alias("fed.tier")]
public sealed record TierSettings
{
    /// <summary>K: the buffer closes at this many contributions; 0 means the whole cohort.</summary>
    [Id(0)] public int Goal { get; init; }

    /// <summary>At the deadline the buffer closes if it holds at least this many. At least 1.</summary>
    [Id(1)] public int Quorum { get; init; } = 1;

    /// <summary>Seconds since the buffer's first contribution; 0: no deadline.</summary>
    [Id(2)] public double DeadlineSeconds { get; init; }

    /// <summary>Contributions staler than this are refused. At least 0.</summary>
    [Id(3)] public int MaxStaleness { get; init; } = 50;

    /// <summary>
    /// How contributions are combined: <c>mean</c>, or a robust rule such as <c>krum:1</c> (docs/robustness.md), which
    /// counts a sender once in a fold, by its newest contribution.
    /// </summary>
    [Id(4)] public string Rule { get; init; } = "mean";
}
