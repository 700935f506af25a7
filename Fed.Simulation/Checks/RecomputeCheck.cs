using Fed.Contracts.Federations;
using Fed.Contracts.Versions;
using Fed.Folding;
using Fed.Simulation.Storage;

namespace Fed.Simulation.Checks;

/// <summary>
/// The manifest of every version that is kept says how to compute it: that gives its model again, bit for bit.
/// </summary>
internal sealed class RecomputeCheck(
    DurableState state, SimulatedDisk disk, FederationSettings settings, string initialModel, Violations violations)
{
    private readonly Recomputation _computing =
        new(new ReadOnlyBlobs(disk), settings, (sha256, _) => new(state.Manifest(sha256)));

    public void Run()
    {
        var kept = state.Kept();
        // What the global versions have merged is kept with them, so that they come first.
        var newest = settings.Clusters.Select(key => state.Cluster(key)?.Manifest).Prepend(state.Global()?.Manifest);
        foreach (var (sha256, manifest) in newest.OfType<string>().SelectMany(state.Chain))
        {
            if (kept.Has(sha256, manifest))
                Check(manifest);
        }
    }

    private void Check(VersionManifest manifest)
    {
        var name = $"version {manifest.Number} of {manifest.Tier} ({manifest.Kind})";
        violations.Require(
            manifest.Kind != "initial" || manifest.ModelSha256 == initialModel, $"{name} is not the initial model");
        var verifying = _computing.VerifyAsync(manifest, CancellationToken.None);
        if (!verifying.IsCompleted)
            throw new InvalidOperationException("a recomputation waits for something");
        if (verifying.Exception is { InnerException: InvalidDataException wrong })
            violations.Add($"{name}: {wrong.Message}");
        else
            verifying.GetAwaiter().GetResult();
    }
}
