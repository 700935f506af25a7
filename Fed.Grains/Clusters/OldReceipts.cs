using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Grains.Versions;

namespace Fed.Grains.Clusters;

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
