using System.Security.Cryptography;
using Fed.Contracts;
using Fed.Contracts.Keys;
using Fed.Contracts.Participants;
using Fed.Contracts.Versions;
using Fed.Folding;

namespace Fed.Cli.Audit;

/// <summary>An update that its sender has recorded as acknowledged.</summary>
/// <param name="Sha256">Null where the agent was killed between recording the receipt and printing it.</param>
internal sealed record Acknowledged(string Participant, long Sequence, string? Sha256);

/// <summary>What an audit of one federation has found.</summary>
/// <param name="FinalSha256">Of the newest global model.</param>
/// <param name="Acknowledged">Contributions that their senders hold for acknowledged.</param>
/// <param name="Lost">Of those, which stand nowhere, or with other bytes.</param>
/// <param name="Doubled">Which contributions stand, and which aggregates were merged, more than once.</param>
/// <param name="Versions">Manifests reachable from the newest ones, of versions that are kept.</param>
/// <param name="Collected">Manifests of versions that were given up: signed and chained, but not
/// computed again.</param>
/// <param name="Unverified">Of the kept ones, which are damaged or come out otherwise, and how.</param>
internal sealed record AuditReport(
    string FinalSha256,
    int Acknowledged,
    IReadOnlyList<string> Lost,
    IReadOnlyList<string> Doubled,
    int Versions,
    int Collected,
    IReadOnlyList<string> Unverified)
{
    public IEnumerable<string> Faults =>
        [.. Lost.Select(what => $"lost: {what}"), .. Doubled.Select(what => $"doubled: {what}"), .. Unverified];
}

/// <summary>
/// Checks a federation from outside: every manifest is signed with its key and leads to the first one, no contribution
/// and no aggregate is counted twice, every acknowledged contribution is in one manifest or in the pending ledger, and
/// every version that is kept comes out again from what it was made of.
/// </summary>
internal sealed class FederationAudit
{
    private readonly AuditBlobs _blobs;
    private readonly AuditHead _head;
    private readonly Recomputation _computing;
    private readonly List<string> _lost = [];
    private readonly List<string> _doubled = [];
    private readonly List<string> _unverified = [];
    private readonly List<Receipt> _counted = [];
    private int _versions;
    private int _collected;

    public FederationAudit(AuditBlobs blobs, AuditHead head)
    {
        _blobs = blobs;
        _head = head;
        _computing = new Recomputation(blobs, head.Federation.Settings, ManifestAsync);
    }

    /// <param name="acknowledged">Receipts that participants hold, where they are known.</param>
    public async Task<AuditReport> RunAsync(
        IReadOnlyList<Acknowledged> acknowledged, CancellationToken cancellationToken)
    {
        using var key = Signatures.ImportPublicKey(_head.Federation.PublicKey);
        var final = "";
        var chains = new Dictionary<string, VersionChain>(StringComparer.Ordinal);
        foreach (var (tier, newest) in _head.Newest)
            chains[tier] = await VersionChain.WalkAsync(_blobs, newest, key, cancellationToken);
        var kept = KeptBy(chains);
        // What the global versions have merged is kept with them, so that they come first.
        foreach (var (tier, chain) in chains.OrderBy(chain => chain.Key != TierNames.Global))
        {
            await CheckChainAsync(tier, chain, kept, cancellationToken);
            _counted.AddRange(chain.Links.SelectMany(link => link.Manifest.Contributions));
            _counted.AddRange(chain.Links.SelectMany(link => link.Manifest.Quarantined));
            foreach (var pending in _head.Pending.GetValueOrDefault(tier, []))
                await CheckPendingAsync(tier, pending, cancellationToken);
            if (tier != TierNames.Global)
                continue;
            final = chain.Links.Count > 0 ? chain.Links[0].Manifest.ModelSha256 : "";
            FindDoubled(
                "aggregate of manifest",
                chain.Links.SelectMany(link =>
                    ManifestChain.Merged(link.Manifest).Concat(link.Manifest.QuarantinedAggregates)));
        }

        await CheckExtractorAsync(cancellationToken);
        FindDoubled("update", _counted.Select(receipt => $"{receipt.Sequence} of {receipt.Participant}"));
        FindDoubled("the bytes", _counted.Select(receipt => $"{receipt.Sha256} of {receipt.Participant}"));
        FindLost(acknowledged);
        return new AuditReport(final, acknowledged.Count, _lost, _doubled, _versions, _collected, _unverified);
    }

    private static KeptVersions KeptBy(Dictionary<string, VersionChain> chains) => new(
        NewestOf(chains, TierNames.Retention)?.Floors ?? new Dictionary<string, long>(),
        NewestOf(chains, TierNames.Stable)?.GlobalVersion);

    private static VersionManifest? NewestOf(Dictionary<string, VersionChain> chains, string tier) =>
        chains.TryGetValue(tier, out var chain) && chain.Links.Count > 0 ? chain.Links[0].Manifest : null;

    /// <summary>One version, and the clusters' versions that it was folded from.</summary>
    public async Task<AuditReport> RunAsync(string tier, long number, CancellationToken cancellationToken)
    {
        using var key = Signatures.ImportPublicKey(_head.Federation.PublicKey);
        if (!_head.Newest.ContainsKey(tier))
            throw new InvalidDataException($"the federation has no tier '{tier}'");
        var chains = new Dictionary<string, VersionChain>(StringComparer.Ordinal);
        var needed = _head.Newest.Where(head => head.Key == tier || TierNames.Reserved.Contains(head.Key));
        foreach (var (name, head) in needed)
            chains[name] = await VersionChain.WalkAsync(_blobs, head, key, cancellationToken);
        var kept = KeptBy(chains);
        var chain = chains[tier];
        foreach (var (sha256, manifest) in chains[TierNames.Global].Links)
            kept.Has(sha256, manifest);
        var wanted = chain.Links.Where(link => link.Manifest.Number == number).ToArray();
        if (wanted.Length == 0)
        {
            throw new InvalidDataException(
                $"tier '{tier}' has no version {number}"
                + (chain.Fault is { } fault ? $" that can be reached: {fault}" : ""));
        }

        foreach (var (sha256, manifest) in wanted)
        {
            if (!kept.Has(sha256, manifest))
            {
                throw new InvalidDataException(
                    $"version {number} of '{tier}' was given up: 'fed admin versions --tier retention' lists when");
            }

            await VerifyAsync(sha256, manifest, cancellationToken);
            foreach (var aggregate in ManifestChain.Merged(manifest))
                await VerifyAggregateAsync(aggregate, key, cancellationToken);
        }

        return new AuditReport(wanted[0].Manifest.ModelSha256, 0, _lost, _doubled, _versions, _collected, _unverified);
    }

    /// <summary>Computes each of a tier's versions again, and looks whether the list of versions agrees.</summary>
    private async Task CheckChainAsync(
        string tier, VersionChain chain, KeptVersions kept, CancellationToken cancellationToken)
    {
        if (chain.Fault is { } fault)
        {
            // The one that cannot be read is a version too.
            _versions++;
            _unverified.Add($"the versions of {tier} cannot be followed to the first: {fault}");
        }

        foreach (var (sha256, manifest) in chain.Links)
        {
            if (kept.Has(sha256, manifest))
                await VerifyAsync(sha256, manifest, cancellationToken);
            else
                _collected++;
        }

        if (chain.Links.Count == 0)
            return;
        var known = chain.Links.Select(link => link.Sha256).ToHashSet(StringComparer.Ordinal);
        _unverified.AddRange(_head.Listed.GetValueOrDefault(tier, [])
            .Where(version => !known.Contains(version.ManifestSha256))
            .Select(version => $"version {version.Number} of {tier} is listed, but its manifest "
                + $"{version.ManifestSha256} is not among those that the newest one descends from"));
    }

    /// <summary>
    /// What was acknowledged and is not folded yet must be there whole: a version will be made of it.
    /// </summary>
    private async Task CheckPendingAsync(string tier, Receipt pending, CancellationToken cancellationToken)
    {
        _counted.Add(pending);
        try
        {
            using var update = await _blobs.OpenAsync(pending.Sha256, cancellationToken);
        }
        catch (InvalidDataException wrong)
        {
            _unverified.Add(
                $"pending update {pending.Sequence} of {pending.Participant} in {tier}: {wrong.Message}");
        }
    }

    /// <summary>Nothing is computed from it, but models that are behind it are worth nothing without.</summary>
    private async Task CheckExtractorAsync(CancellationToken cancellationToken)
    {
        if (_head.Federation.Extractor is not { } extractor)
            return;
        try
        {
            using var blob = await _blobs.OpenAsync(extractor.Sha256, cancellationToken);
        }
        catch (InvalidDataException wrong)
        {
            _unverified.Add($"extractor: {wrong.Message}");
        }
    }

    private async Task VerifyAggregateAsync(string sha256, ECDsa key, CancellationToken cancellationToken)
    {
        try
        {
            var signed = await _blobs.ManifestAsync(sha256, cancellationToken);
            if (!signed.IsSignedBy(key))
                throw new InvalidDataException($"manifest {sha256} is not signed with the federation's key");
            await VerifyAsync(sha256, signed.Manifest, cancellationToken);
        }
        catch (InvalidDataException wrong)
        {
            _versions++;
            _unverified.Add($"aggregate of manifest {sha256}: {wrong.Message}");
        }
    }

    private async Task VerifyAsync(string sha256, VersionManifest manifest, CancellationToken cancellationToken)
    {
        _versions++;
        try
        {
            await _computing.VerifyAsync(manifest, cancellationToken);
        }
        catch (InvalidDataException wrong)
        {
            _unverified.Add(
                $"version {manifest.Number} of {manifest.Tier} ({manifest.Kind}, manifest {sha256}): {wrong.Message}");
        }
    }

    private async ValueTask<VersionManifest> ManifestAsync(string sha256, CancellationToken cancellationToken) =>
        (await _blobs.ManifestAsync(sha256, cancellationToken)).Manifest;

    private void FindDoubled(string what, IEnumerable<string> names) => _doubled.AddRange(
        names.GroupBy(name => name, StringComparer.Ordinal)
            .Where(same => same.Count() > 1)
            .Select(same => $"{what} {same.Key} is counted {same.Count()} times"));

    private void FindLost(IReadOnlyList<Acknowledged> acknowledged)
    {
        var known = _counted.ToLookup(receipt => (receipt.Participant, receipt.Sequence), receipt => receipt.Sha256);
        foreach (var (participant, sequence, sha256) in acknowledged)
        {
            var found = known[(participant, sequence)].FirstOrDefault();
            if (found is null)
                _lost.Add($"update {sequence} of {participant} is in no manifest and not pending");
            else if (sha256 is not null && found != sha256)
                _lost.Add($"update {sequence} of {participant} was acknowledged as {sha256}, but {found} is counted");
        }
    }
}

/// <summary>The manifests of one tier, from the newest to the first.</summary>
/// <param name="Links">Hash and manifest.</param>
/// <param name="Fault">Why it ends before the first one; null: it does not.</param>
internal sealed record VersionChain(IReadOnlyList<(string Sha256, VersionManifest Manifest)> Links, string? Fault)
{
    /// <param name="head">SHA-256 of the newest manifest.</param>
    /// <param name="key">What each must be signed with.</param>
    public static async Task<VersionChain> WalkAsync(
        AuditBlobs blobs, string head, ECDsa key, CancellationToken cancellationToken)
    {
        var links = new List<(string, VersionManifest)>();
        try
        {
            for (string? next = head; next is not null;)
            {
                var signed = await blobs.ManifestAsync(next, cancellationToken);
                if (!signed.IsSignedBy(key))
                    throw new InvalidDataException($"manifest {next} is not signed with the federation's key");
                var manifest = signed.Manifest;
                links.Add((next, manifest));
                next = ManifestChain.Previous(manifest);
            }

            return new VersionChain(links, Fault: null);
        }
        catch (InvalidDataException broken)
        {
            return new VersionChain(links, broken.Message);
        }
    }
}
