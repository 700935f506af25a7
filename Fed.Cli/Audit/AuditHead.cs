using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Versions;

namespace Fed.Cli.Audit;

/// <summary>Where the chains of manifests begin, and what stands in no manifest.</summary>
/// <param name="Format">Of the bundle; 1.</param>
/// <param name="Newest">Tier (a cluster, <c>global</c>; <c>stable</c> once something was promoted, <c>retention</c>
/// once versions were given up) to the hash of its newest manifest.</param>
/// <param name="Pending">Cluster to receipts that no manifest names yet.</param>
/// <param name="Listed">What the registry says of each tier, newest first.</param>
internal sealed record AuditHead(
    int Format,
    FederationDescription Federation,
    IReadOnlyDictionary<string, string> Newest,
    IReadOnlyDictionary<string, IReadOnlyList<Receipt>> Pending,
    IReadOnlyDictionary<string, IReadOnlyList<VersionRecord>> Listed)
{
    public const int CurrentFormat = 1;
}
