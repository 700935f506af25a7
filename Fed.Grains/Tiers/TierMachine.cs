namespace Fed.Grains.Tiers;

/// <summary>What an aggregator of any tier knows at one moment, as far as it decides what comes next.</summary>
/// <param name="Version">-1 until the first version is committed.</param>
/// <param name="Finished">No version follows.</param>
/// <param name="News">What the tier above has that this one has not taken over.</param>
/// <param name="Awaiting">A fold is on its way up, and its version is awaited.</param>
/// <param name="HoldUntil">When that wait ends; null: it has no end.</param>
/// <param name="Gathered">What counts towards the buffer's goal.</param>
/// <param name="Enough">Whether the rule of the tier can combine what is there.</param>
/// <param name="OpenedAt">When the oldest contribution came; of no meaning in an empty buffer.</param>
/// <param name="Rule">When the buffer closes.</param>
internal sealed record TierFacts(
    long Version,
    bool Finished,
    TierNews News,
    bool Awaiting,
    DateTimeOffset? HoldUntil,
    int Gathered,
    bool Enough,
    DateTimeOffset OpenedAt,
    BufferRule Rule);

/// <summary>What the tier above says.</summary>
internal enum TierNews
{
    None,

    /// <summary>A newer version, or that the federation has finished.</summary>
    Newer,

    /// <summary>A newer version that restores an earlier one: what is here descends from what was withdrawn.</summary>
    Restored,
}

/// <summary>What an aggregator does next.</summary>
internal abstract record TierStep
{
    private TierStep()
    {
    }

    /// <summary>Commit the first version.</summary>
    public sealed record Begin : TierStep;

    /// <summary>Take over the news of the tier above.</summary>
    public sealed record Adopt : TierStep;

    /// <summary>Take over the restored version, and quarantine what descends from the withdrawn ones.</summary>
    public sealed record Restore : TierStep;

    /// <summary>The wait for the tier above is over: go on from the tier's own fold.</summary>
    public sealed record Release : TierStep;

    /// <summary>Close the buffer and fold it.</summary>
    public sealed record Fold : TierStep;

    /// <summary>Nothing until something comes, or until then.</summary>
    /// <param name="Until">Null: until something comes.</param>
    public sealed record Wait(DateTimeOffset? Until) : TierStep;
}

/// <summary>
/// What aggregators of every tier decide: a pure function of what they know and the time. It is asked after every event,
/// so that nothing depends on which event it was; when it says to wait, it says until when, from the same look at the
/// clock as the decision, so that no wake-up can be lost between the two.
/// </summary>
internal static class TierMachine
{
    public static TierStep Next(TierFacts tier, DateTimeOffset now)
    {
        if (tier.Version < 0)
            return new TierStep.Begin();
        if (tier.News != TierNews.None)
            return tier.News == TierNews.Restored ? new TierStep.Restore() : new TierStep.Adopt();
        if (tier.Finished)
            return new TierStep.Wait(null);
        if (tier.Awaiting)
        {
            return tier.HoldUntil is { } end && now >= end
                ? new TierStep.Release()
                : new TierStep.Wait(tier.HoldUntil);
        }

        return Close(tier, now);
    }

    private static TierStep Close(TierFacts tier, DateTimeOffset now)
    {
        var rule = tier.Rule;
        if (tier.Gathered == 0 || !tier.Enough)
            return new TierStep.Wait(null);
        if (tier.Gathered >= rule.Goal)
            return new TierStep.Fold();
        if (!rule.HasDeadline)
            return new TierStep.Wait(null);
        var deadline = tier.OpenedAt + rule.Deadline;
        if (now < deadline)
            return new TierStep.Wait(deadline);
        // Short of the quorum, the next contribution closes it.
        return tier.Gathered >= rule.Quorum ? new TierStep.Fold() : new TierStep.Wait(null);
    }
}

/// <summary>
/// When a buffer closes: at K contributions, or at a deadline with at least a quorum. A synchronous cohort has K =
/// cohort, FedBuff has K below it (Nguyen 2022), FedAsync has K = 1 (Xie 2019).
/// </summary>
/// <param name="Goal">K, at least 1.</param>
/// <param name="Quorum">1 to K: fewer than this never close a buffer.</param>
/// <param name="Deadline">Since the buffer's first contribution; zero: none.</param>
public sealed record BufferRule(int Goal, int Quorum, TimeSpan Deadline)
{
    public bool HasDeadline => Deadline > TimeSpan.Zero;
}
