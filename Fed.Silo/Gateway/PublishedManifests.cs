using System.Collections.Concurrent;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Grains.Versions;

namespace Fed.Silo.Gateway;

/// <summary>What only manifests tell: which fold a version came from, and what consumed a contribution.</summary>
public sealed class PublishedManifests(ManifestStore manifests)
{
    /// <summary>A few hundred bytes each.</summary>
    private const int MostRecords = 10_000;

    private readonly ConcurrentDictionary<string, VersionRecord> _records = new(StringComparer.Ordinal);

    /// <summary>
    /// The versions, and behind each that waited for the global tier the fold that it comes from: that one consumed the
    /// contributions, and has the version's number, under which the registry keeps only the version itself.
    /// </summary>
    /// <param name="versions">Newest first.</param>
    /// <param name="held">SHA-256 of the manifests of folds that wait, and are no version yet.</param>
    /// <exception cref="RefusedException">A manifest is missing or damaged.</exception>
    public async Task<IReadOnlyList<VersionRecord>> WithFoldsAsync(
        IReadOnlyList<VersionRecord> versions, IEnumerable<string> held, int limit)
    {
        var withdrawn = versions.Where(one => one.Withdrawn).Select(one => one.GlobalVersion).ToHashSet();
        var all = new List<VersionRecord>(versions.Count);
        foreach (var version in versions.TakeWhile(_ => all.Count < limit))
        {
            all.Add(version);
            if (all.Count < limit && version is { Kind: "adopt" or "release" or "rollback", Parents.Count: > 0 }
                && await RecordAsync(version.Parents[0]) is var parent
                && parent.Kind == "fold" && parent.Tier == version.Tier && parent.Number == version.Number)
            {
                var isWithdrawn = withdrawn.Contains(parent.GlobalVersion);
                all.Add(parent with { Withdrawn = isWithdrawn, Collected = version.Collected });
            }
        }

        foreach (var sha256 in held.Except(all.Select(one => one.ManifestSha256)))
            all.Add(await RecordAsync(sha256));
        // Stable: a version stays before its fold.
        return all.OrderByDescending(one => one.CommittedAt).Take(limit).ToArray();
    }

    /// <summary>The manifest that names a contribution as consumed or as quarantined.</summary>
    /// <param name="newest">SHA-256 of the cluster's newest manifest.</param>
    /// <param name="most">So many manifests are read at most, the newest.</param>
    /// <returns>Null: none of them does.</returns>
    /// <exception cref="RefusedException">A manifest is missing or damaged.</exception>
    public async Task<(Receipt Receipt, bool Quarantined, string Sha256, VersionManifest Manifest)?> FindAsync(
        string participant, long sequence, string newest, int most)
    {
        for (var (next, left) = ((string?)newest, most); !string.IsNullOrEmpty(next) && left > 0; left--)
        {
            var manifest = await ReadAsync(next);
            if (Of(manifest.Contributions) is { } consumed)
                return (consumed, false, next, manifest);
            if (Of(manifest.Quarantined) is { } quarantined)
                return (quarantined, true, next, manifest);
            next = ManifestChain.Previous(manifest);
        }

        return null;

        Receipt? Of(IReadOnlyList<Receipt> receipts) => receipts.FirstOrDefault(
            receipt => receipt.Participant == participant && receipt.Sequence == sequence);
    }

    private async Task<VersionRecord> RecordAsync(string sha256)
    {
        if (_records.TryGetValue(sha256, out var known))
            return known;
        var record = VersionRecords.Of(await ReadAsync(sha256), sha256);
        // They can be read again; which are the best to keep is not worth the bookkeeping.
        if (_records.Count >= MostRecords)
            _records.Clear();
        return _records[sha256] = record;
    }

    private async Task<VersionManifest> ReadAsync(string sha256)
    {
        try
        {
            return await manifests.ReadAsync(sha256);
        }
        catch (InvalidDataException damaged)
        {
            throw new RefusedException(
                RefusalCode.StorageDamaged, damaged.Message, "ask the operator to restore it from a backup");
        }
    }
}
