using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>The tiers whose deadline stewards may change.</summary>
public enum DeadlineTier
{
    /// <summary>All clusters.</summary>
    Cluster = 0,

    Global = 1,
}

/// <summary>A steward's order to close a tier's buffers after another time.</summary>
/// <param name="Seconds">Since a buffer's first contribution; 0: no deadline.</param>
[GenerateSerializer, Immutable, Alias("fed.deadline-order")]
public sealed record DeadlineOrder(
    [property: Id(0)] double Seconds, [property: Id(1)] string By, [property: Id(2)] string Reason);

/// <summary>That a steward changed a deadline.</summary>
[GenerateSerializer, Immutable, Alias("fed.deadline-change")]
public sealed record DeadlineChange(
    [property: Id(0)] DeadlineTier Tier,
    [property: Id(1)] double Seconds,
    [property: Id(2)] string By,
    [property: Id(3)] string Reason,
    [property: Id(4)] DateTimeOffset At);

/// <summary>The deadlines in force, and how they came to be.</summary>
/// <param name="ClusterSeconds">0: none.</param>
/// <param name="GlobalSeconds">0: none.</param>
/// <param name="Changes">The newest last; of more than sixteen of a tier the oldest are forgotten.</param>
[GenerateSerializer, Immutable, Alias("fed.tier-deadlines")]
public sealed record TierDeadlines(
    [property: Id(0)] double ClusterSeconds,
    [property: Id(1)] double GlobalSeconds,
    [property: Id(2)] IReadOnlyList<DeadlineChange> Changes);
