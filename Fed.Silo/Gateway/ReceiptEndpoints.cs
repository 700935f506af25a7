using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Silo.Federations;
using Orleans;

namespace Fed.Silo.Gateway;

/// <summary>What became of a contribution, from its receipt to the version that consumed it.</summary>
internal static class ReceiptEndpoints
{
    /// <summary>
    /// Manifests that one request may have read: whoever asks about older contributions follows the chain from a
    /// version's own manifest.
    /// </summary>
    public const int MostManifests = 256;

    public static void MapReceipts(this RouteGroupBuilder group) =>
        group.MapGet("{federation}/participants/{participant}/receipts/{sequence}", FindAsync)
            .Produces<ReceiptStanding>()
            .WithProblems(400, 404, 409)
            .WithName("FindReceipt")
            .WithSummary("A contribution's receipt, whether it is consumed, and by which version");

    private static async Task<ReceiptStanding> FindAsync(
        string federation,
        string participant,
        string sequence,
        FederationDirectory federations,
        IGrainFactory grains,
        PublishedManifests manifests)
    {
        var profile = await federations.GetAsync(RouteNames.Require(federation, "federation"));
        var number = RouteNames.Number(sequence, "sequence", 1, long.MaxValue);
        var cluster = profile.ClusterOf(RouteNames.Require(participant, "participant")) ?? throw new RefusedException(
            RefusalCode.UnknownParticipant,
            $"federation '{federation}' does not know participant '{participant}'",
            "use a name of the roster");
        var ledger = await grains.GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(federation, cluster)).GetLedger();
        var waiting = ledger.Pending.FirstOrDefault(
            receipt => receipt.Participant == participant && receipt.Sequence == number);
        if (waiting is not null)
            return new ReceiptStanding(waiting, ledger.Finished ? ReceiptState.Unused : ReceiptState.Pending, null);
        var (receipt, quarantined, sha256, manifest) =
            await manifests.FindAsync(participant, number, ledger.ManifestSha256, MostManifests)
            ?? throw new RefusedException(
                RefusalCode.UnknownReceipt,
                $"neither the ledger nor the newest {MostManifests} manifests of cluster '{cluster}' have sequence "
                + $"{number} of '{participant}': it was refused, never came, or is older",
                "look for older ones in the manifests of older versions; what was refused leaves no receipt");
        return new ReceiptStanding(
            receipt,
            quarantined ? ReceiptState.Quarantined : ReceiptState.Consumed,
            new ConsumingVersion(manifest.Tier, manifest.Number, manifest.Kind, sha256));
    }
}

/// <summary>Where a contribution that was accepted stands.</summary>
public enum ReceiptState
{
    /// <summary>In the cluster's ledger: the next fold may consume it.</summary>
    Pending = 0,

    /// <summary>Merged into a version.</summary>
    Consumed = 1,

    /// <summary>Trained from what a rollback withdrew: no version merges it.</summary>
    Quarantined = 2,

    /// <summary>Accepted too late: the federation finished before a version consumed it.</summary>
    Unused = 3,
}

/// <param name="Version">Null while it is pending, and when it is unused.</param>
internal sealed record ReceiptStanding(Receipt Receipt, ReceiptState State, ConsumingVersion? Version);

/// <summary>Whose manifest names the receipt.</summary>
internal sealed record ConsumingVersion(string Tier, long Number, string Kind, string ManifestSha256);
