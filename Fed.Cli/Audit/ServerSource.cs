using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.Contracts.Participants;
using Fed.Contracts.Versions;

namespace Fed.Cli.Audit;

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
