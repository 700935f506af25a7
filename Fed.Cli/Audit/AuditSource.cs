using Fed.Client.Protocol;
using Fed.Contracts;
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

/// <summary>What an audit reads: a running server, or a bundle that was written from one.</summary>
internal interface IAuditSource : IDisposable
{
    Task<AuditHead> ReadHeadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes a blob's bytes as they are stored; whether they are what its name says, the caller checks.
    /// </summary>
    /// <exception cref="InvalidDataException">There is no such blob.</exception>
    Task CopyAsync(string sha256, Stream destination, CancellationToken cancellationToken);
}

/// <summary>A running silo, asked from its own machine.</summary>
internal sealed class ServerSource(FederationClient client, string federation) : IAuditSource
{
    /// <summary>Newest versions of a tier that the registry's list is compared for.</summary>
    private const int MostListed = 1000;

    public async Task<AuditHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var description = await client.DescribeAsync(federation, cancellationToken);
        var newest = new Dictionary<string, string>(StringComparer.Ordinal);
        var pending = new Dictionary<string, IReadOnlyList<Receipt>>(StringComparer.Ordinal);
        var listed = new Dictionary<string, IReadOnlyList<VersionRecord>>(StringComparer.Ordinal);
        // Clusters first: what a global version was made of is then never newer than what is read of its clusters'
        // lists, and a federation that goes on meanwhile only adds.
        foreach (var cluster in description.Settings.Clusters)
        {
            listed[cluster] = await ListAsync(cluster, cancellationToken);
            var ledger = await client.LedgerAsync(federation, cluster, cancellationToken);
            newest[cluster] = ledger.ManifestSha256;
            pending[cluster] = ledger.Pending;
        }

        foreach (var tier in TierNames.Reserved)
        {
            var versions = await ListAsync(tier, cancellationToken);
            if (versions.Count == 0)
                continue;
            listed[tier] = versions;
            newest[tier] = versions[0].ManifestSha256;
        }

        return new AuditHead(AuditHead.CurrentFormat, description, newest, pending, listed);
    }

    public Task CopyAsync(string sha256, Stream destination, CancellationToken cancellationToken) =>
        client.DownloadBlobAsync(federation, sha256, destination, cancellationToken);

    public void Dispose() => client.Dispose();

    private Task<IReadOnlyList<VersionRecord>> ListAsync(string tier, CancellationToken cancellationToken) =>
        client.VersionsAsync(federation, tier, MostListed, cancellationToken);
}
