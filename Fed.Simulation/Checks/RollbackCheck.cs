using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Versions;

namespace Fed.Simulation.Checks;

/// <summary>
/// What a rollback has withdrawn stays so: nothing that descends from it is merged afterwards, in any tier, and stable
/// does not point to it.
/// </summary>
internal static class RollbackCheck
{
    public static void Run(DurableState state, FederationSettings settings, Violations violations)
    {
        if (state.Global() is not { } global)
            return;
        var top = state.Chain(global.Manifest).Select(link => link.Manifest).Reverse().ToArray();
        var withdrawn = new List<VersionRange>();
        foreach (var version in top)
        {
            if (version.Withdrawn is { } range)
                withdrawn.Add(range);
            foreach (var aggregate in ManifestChain.Merged(version).Select(state.Manifest))
            {
                violations.Require(
                    !withdrawn.Exists(range => range.Contains(aggregate.GlobalVersion)),
                    $"global version {version.Number} has merged a fold of {aggregate.Tier} that descends from global "
                    + $"version {aggregate.GlobalVersion}, which is withdrawn");
            }

            foreach (var aggregate in version.QuarantinedAggregates.Select(state.Manifest))
            {
                violations.Require(
                    version.Withdrawn!.Contains(aggregate.GlobalVersion),
                    $"global version {version.Number} has quarantined a fold of {aggregate.Tier} that descends from "
                    + $"global version {aggregate.GlobalVersion}, which it does not withdraw");
            }
        }

        foreach (var key in settings.Clusters)
            CheckCluster(key, state, top, violations);
    }

    /// <param name="stable">The global version that the channel points to; null: none.</param>
    public static void CheckStable(DurableState state, long? stable, Violations violations)
    {
        var top = state.Global() is { } global ? state.Chain(global.Manifest) : [];
        violations.Require(
            stable is null || !top.Any(link => link.Manifest.Withdrawn?.Contains(stable.Value) == true),
            $"stable points to global version {stable}, which is withdrawn");
    }

    /// <summary>A cluster that has heard of a rollback goes on from what was restored.</summary>
    private static void CheckCluster(
        string key, DurableState state, VersionManifest[] top, Violations violations)
    {
        if (state.Cluster(key) is not { } account)
            return;
        foreach (var (_, version) in state.Chain(account.Manifest))
        {
            if (version.Kind is not ("adopt" or "rollback"))
                continue;
            var heard = top.Where(other => other.Number <= version.GlobalVersion && other.Tier == TierNames.Global)
                .Select(other => other.Withdrawn).OfType<VersionRange>();
            violations.Require(
                !heard.Any(range => range.Contains(version.GlobalVersion)),
                $"version {version.Number} of {key} adopted global version {version.GlobalVersion}, which is withdrawn");
        }
    }
}
