using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Grains.Federations;

namespace Fed.Grains.Clusters;

/// <summary>
/// Decides whether a cluster takes a contribution. Pure: the same state and offer give the same answer.
/// </summary>
internal static class Admission
{
    /// <summary>
    /// The receipt of a contribution that was accepted before; null for a new one, or one older than the last.
    /// </summary>
    /// <exception cref="RefusedException">The sequence number was used for other bytes.</exception>
    public static Receipt? FindReceipt(ClusterState state, ContributionOffer offer)
    {
        if (!state.Members.TryGetValue(offer.Participant, out var member))
            return null;
        var receipt = member.LastReceipt.Sequence == offer.Sequence
            ? member.LastReceipt
            : state.Pending.Find(pending =>
                pending.Receipt.Participant == offer.Participant && pending.Receipt.Sequence == offer.Sequence)?.Receipt;
        return receipt is null ? null : RequireSameBytes(receipt, offer);
    }

    public static bool IsKnownSequence(ClusterState state, ContributionOffer offer) =>
        state.Members.TryGetValue(offer.Participant, out var member) && offer.Sequence <= member.LastReceipt.Sequence;

    /// <exception cref="RefusedException">The receipt is for other bytes under this sequence number.</exception>
    public static Receipt RequireSameBytes(Receipt receipt, ContributionOffer offer) => receipt.Sha256 == offer.Sha256
        ? receipt
        : throw new RefusedException(
            RefusalCode.SequenceConflict,
            $"sequence {offer.Sequence} of '{offer.Participant}' was accepted with bytes {receipt.Sha256}, "
            + $"not {offer.Sha256}",
            $"use sequence {offer.Sequence + 1} or later for another update");

    /// <summary>What is to be appended to the ledger for a new contribution.</summary>
    /// <exception cref="RefusedException">The contribution can't be taken; the ledger stays as it is.</exception>
    public static (PendingContribution Contribution, long BaseVersion) Admit(
        ClusterState state,
        FederationSettings settings,
        string cluster,
        bool accepting,
        ContributionOffer offer,
        DateTimeOffset now)
    {
        if (state.Finished)
        {
            throw new RefusedException(
                RefusalCode.FederationFinished, $"federation '{settings.Name}' has finished", "ask for the next task");
        }

        var expected = state.Members.TryGetValue(offer.Participant, out var member)
            ? member.LastReceipt.Sequence + 1
            : 1;
        if (offer.Sequence != expected)
        {
            throw new RefusedException(
                RefusalCode.SequenceGap,
                $"sequence {offer.Sequence} of '{offer.Participant}' does not follow; {expected} is expected",
                $"send the update as sequence {expected}");
        }

        var baseVersion = state.FindBase(offer.BaseModel) ?? throw new RefusedException(
            RefusalCode.UnknownBaseVersion,
            $"base model {offer.BaseModel} is no version of cluster '{cluster}' within the last "
            + $"{settings.ClusterTier.MaxStaleness}",
            "ask for a new task and train from its model");
        if (member is not null && member.LastBaseVersion >= baseVersion.Version)
        {
            throw new RefusedException(
                RefusalCode.AlreadyContributed,
                $"'{offer.Participant}' has contributed to version {member.LastBaseVersion} of cluster '{cluster}' or a later one",
                "ask for a new task");
        }

        // What arrives while the cluster waits for the global tier is folded after one version more.
        var staleness = state.Version + (state.AwaitingGlobal ? 1 : 0) - baseVersion.Version;
        var (factor, divisor) = Tiers.Weigh(settings.Arithmetic, offer.Examples, staleness);
        if (staleness > settings.ClusterTier.MaxStaleness || factor == 0 || !accepting)
        {
            throw new RefusedException(
                RefusalCode.TooStale,
                $"base version {baseVersion.Version} of cluster '{cluster}' is {staleness} versions old; at most "
                + $"{settings.ClusterTier.MaxStaleness} are allowed, and the round must be open",
                "ask for a new task");
        }

        var receipt = new Receipt(
            settings.Name,
            offer.Participant,
            offer.Sequence,
            offer.Sha256,
            cluster,
            state.Version,
            staleness,
            factor,
            now);
        return (new PendingContribution(receipt, divisor, offer.Signature), baseVersion.Version);
    }
}
