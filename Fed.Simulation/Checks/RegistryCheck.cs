using Fed.Contracts.Federations;
using Fed.Contracts.Versions;

namespace Fed.Simulation.Checks;

/// <summary>The version DAG knows every version of every tier, once, with its manifest.</summary>
internal static class RegistryCheck
{
    public static void Run(
        DurableState state, FederationSettings settings, IReadOnlyList<VersionRecord> records, Violations violations)
    {
        Check("global", state.Global() is { } global ? (global.Version, global.Manifest) : (-1, ""));
        foreach (var key in settings.Clusters)
            Check(key, state.Cluster(key) is { } account ? (account.Version, account.Manifest) : (-1, ""));

        void Check(string tier, (long Version, string Manifest) newest)
        {
            var numbers = records.Where(record => record.Tier == tier).Select(record => record.Number).Order().ToArray();
            violations.Require(
                numbers.SequenceEqual(Enumerable.Range(0, (int)newest.Version + 1).Select(n => (long)n)),
                $"{tier} stands at version {newest.Version}, the registry knows {string.Join(",", numbers)}");
            var chain = newest.Version < 0 ? [] : state.Chain(newest.Manifest).Select(link => link.Sha256).ToHashSet();
            foreach (var record in records.Where(record => record.Tier == tier && !chain.Contains(record.ManifestSha256)))
                violations.Add($"the registry's version {record.Number} of {tier} is not in its chain");
        }
    }
}
