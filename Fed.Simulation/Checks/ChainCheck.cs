using Fed.Contracts.Federations;
using Fed.Contracts.Versions;

namespace Fed.Simulation.Checks;

/// <summary>
/// Versions follow each other without gap, their parents exist, and the global tier has merged what every cluster sent:
/// each aggregate once, in order; after a rollback some were quarantined, or refused since they descend from what it
/// withdrew.
/// </summary>
internal sealed class ChainCheck(DurableState state, FederationSettings settings, Violations violations)
{
    public void Run()
    {
        var global = state.Global();
        var top = global is null ? [] : state.Chain(global.Manifest);
        if (global is not null)
            CheckNumbers("global", top.Select(link => link.Manifest), global.Version);
        foreach (var key in settings.Clusters)
        {
            if (state.Cluster(key) is not { } account)
                continue;
            var chain = state.Chain(account.Manifest);
            CheckNumbers(key, Published(chain.Select(link => link.Manifest)), account.Version);
            CheckAdopted(key, chain, top);
            CheckMerged(key, account, chain, global, top);
        }
    }

    /// <summary>Without the folds that wait for the global version: they are no versions of their own.</summary>
    private IEnumerable<VersionManifest> Published(IEnumerable<VersionManifest> chain) =>
        settings.Mode == FederationMode.Sync || settings.HoldSeconds > 0
            ? chain.Where(manifest => manifest.Kind != "fold")
            : chain;

    private void CheckNumbers(string tier, IEnumerable<VersionManifest> chain, long version)
    {
        var expected = version;
        foreach (var manifest in chain)
        {
            violations.Require(
                manifest.Number == expected && manifest.Tier == tier,
                $"version {expected} of {tier} is missing; its manifest is {manifest.Number} of {manifest.Tier}");
            expected--;
        }

        violations.Require(expected == -1, $"the versions of {tier} begin with {expected + 1}");
    }

    private void CheckAdopted(
        string key,
        IReadOnlyList<(string Sha256, VersionManifest Manifest)> chain,
        IReadOnlyList<(string Sha256, VersionManifest Manifest)> top)
    {
        foreach (var (_, manifest) in chain.Where(link => link.Manifest.Kind is "adopt" or "rollback"))
        {
            violations.Require(
                top.Any(link => link.Sha256 == manifest.Parents[1]),
                $"version {manifest.Number} of {key} adopted {manifest.Parents[1]}, which is no global version");
        }
    }

    private void CheckMerged(
        string key,
        ClusterAccount account,
        IReadOnlyList<(string Sha256, VersionManifest Manifest)> chain,
        GlobalAccount? global,
        IReadOnlyList<(string Sha256, VersionManifest Manifest)> top)
    {
        var folds = chain.Where(link => link.Manifest.Kind == "fold").Select(link => link.Sha256).Reverse().ToArray();
        var merged = top.Reverse()
            .SelectMany(link => ManifestChain.Merged(link.Manifest).Concat(link.Manifest.QuarantinedAggregates))
            .Where(hash => state.Manifest(hash).Tier == key);
        var waiting = global?.Pending.Where(item => item.Cluster == key).Select(item => item.ManifestSha256) ?? [];
        string[] known = [.. merged, .. waiting];
        string[] left = [.. account.Outbox.Select(item => item.ManifestSha256).Where(hash => !known.Contains(hash))];
        var withdrawn = top.Select(link => link.Manifest.Withdrawn).OfType<VersionRange>().ToArray();
        var complete = withdrawn.Length == 0 ? IsComplete(folds, known, left, global) : HasAll();
        violations.Require(
            complete,
            $"{key} has folded {string.Join(",", folds.Select(Short))}; above there are "
            + $"{string.Join(",", known.Select(Short))}, on their way {string.Join(",", left.Select(Short))}");

        // What is merged and what is quarantined leave the buffer in another order than they came.
        bool HasAll() => known.Distinct().Count() == known.Length && folds.All(fold =>
            known.Contains(fold) || left.Contains(fold) || global is { Finished: true }
            || withdrawn.Any(range => range.Contains(state.Manifest(fold).GlobalVersion)));
    }

    /// <summary>After the end the global tier takes no more, and refuses what lies between.</summary>
    private static bool IsComplete(string[] folds, string[] known, string[] left, GlobalAccount? global) =>
        known.SequenceEqual(folds.Take(known.Length)) && left.SequenceEqual(folds.TakeLast(left.Length))
        && (known.Length + left.Length == folds.Length || global is { Finished: true });

    private static string Short(string hash) => hash[..6];
}
