using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Grains.Federations;
using Fed.Grains.Versions;

namespace Fed.Grains.Clusters;

/// <summary>
/// Decides whether a cluster takes a contribution. Pure: the same state and offer give the same answer.
/// </summary>
internal static class Admission
{
    /// <summary>
    /// The receipt of a contribution that was accepted before; null for one that only manifests still name.
    /// </summary>
    /// <exception cref="RefusedException">The sequence number was used for other bytes.</exception>
    public static Receipt? FindReceipt(ClusterState state, Watermark watermark, ContributionOffer offer)
    {
        var receipt = watermark.Sequence == offer.Sequence
            ? watermark.LastReceipt
            : state.Pending.Find(pending =>
                pending.Participant == offer.Participant && pending.Receipt.Sequence == offer.Sequence)?.Receipt;
        return receipt is null ? null : RequireSameBytes(receipt, offer);
    }

    /// <exception cref="RefusedException">The receipt is for other bytes under this sequence number.</exception>
    public static Receipt RequireSameBytes(Receipt receipt, ContributionOffer offer) => receipt.Sha256 == offer.Sha256
        ? receipt
        : throw new RefusedException(
            RefusalCode.SequenceConflict,
            $"sequence {offer.Sequence} of '{offer.Participant}' was accepted with bytes {receipt.Sha256}, "
            + $"not {offer.Sha256}",
            $"use sequence {offer.Sequence + 1} or later for another update");

    public static RefusedException Suspended(string federation, string participant) => new(
        RefusalCode.ParticipantSuspended,
        $"participant '{participant}' of '{federation}' is suspended: it gets no tasks, and nothing is taken from it",
        $"ask a steward why; 'fed admin resume {participant} --federation {federation}' ends it, then start again");

    /// <summary>What is to be appended to the ledger for a new contribution.</summary>
    /// <exception cref="RefusedException">The contribution can't be taken; the ledger stays as it is.</exception>
    public static PendingContribution Admit(
        ClusterState state,
        Watermark watermark,
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

        if (state.IsSuspended(offer.Participant))
            throw Suspended(settings.Name, offer.Participant);
        var expected = watermark.Sequence + 1;
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
        if (watermark.LastBaseVersion >= baseVersion.Version)
        {
            throw new RefusedException(
                RefusalCode.AlreadyContributed,
                $"'{offer.Participant}' has contributed to version {watermark.LastBaseVersion} of cluster '{cluster}' "
                + "or a later one",
                "ask for a new task");
        }

        // What arrives while the cluster waits for the global tier is folded after one version more.
        var staleness = state.Version + (state.AwaitingGlobal ? 1 : 0) - baseVersion.Version;
        var most = TierRules.MaxStaleness(settings);
        var (factor, divisor) = TierRules.Weigh(settings.Arithmetic, offer.Examples, staleness);
        var age = $"base version {baseVersion.Version} of cluster '{cluster}' is {staleness} versions old";
        if (staleness > most)
        {
            throw new RefusedException(
                RefusalCode.TooStale, $"{age}; at most {most} are allowed", "ask for a new task");
        }

        if (factor == 0)
        {
            throw new RefusedException(
                RefusalCode.TooStale,
                $"{age}: with {offer.Examples} examples the update would weigh nothing under "
                + $"'{settings.Arithmetic.Staleness}'",
                "ask for a new task; if that happens again and again, the federation is too fast for this participant");
        }

        if (!accepting)
        {
            throw new RefusedException(
                RefusalCode.RoundClosed,
                $"the round of version {state.Version} of cluster '{cluster}' has closed",
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
            now,
            offer.Examples,
            offer.Signature);
        return new PendingContribution(
            receipt, divisor, baseVersion.Version, baseVersion.GlobalVersion, offer.Norm);
    }
}

/// <summary>
/// Receipts that the ledger no longer holds stand in the manifests of the versions that consumed them. Duplicates that
/// old are rare, so the chain is walked rather than indexed.
/// </summary>
internal static class OldReceipts
{
    /// <param name="readAsync">Reads a manifest by its SHA-256.</param>
    /// <param name="manifest">SHA-256 of the newest manifest of the cluster.</param>
    public static async Task<Receipt> FindAsync(
        Func<string, Task<VersionManifest>> readAsync, string manifest, ContributionOffer offer)
    {
        for (var next = manifest; next is not null;)
        {
            var read = await readAsync(next);
            var receipt = read.Contributions.Concat(read.Quarantined).FirstOrDefault(contribution =>
                contribution.Participant == offer.Participant && contribution.Sequence == offer.Sequence);
            if (receipt is not null)
                return receipt;
            next = ManifestChain.Previous(read);
        }

        throw new RefusedException(
            RefusalCode.SequenceConflict,
            $"sequence {offer.Sequence} of '{offer.Participant}' is below the next one, and no version names it",
            "enrol again to learn the next sequence number");
    }
}
