namespace Fed.Contracts.Versions;

/// <summary>
/// Which versions are kept with everything that they can be computed from: those from their tier's floor on, the one
/// that stable points to, and the clusters' versions whose aggregates a kept global version has merged.
/// </summary>
/// <param name="floors">Lowest kept number by tier; of others, all are kept.</param>
/// <param name="stable">The global version that stable points to; null: none.</param>
public sealed class KeptVersions(IReadOnlyDictionary<string, long> floors, long? stable)
{
    private readonly HashSet<string> _merged = new(StringComparer.Ordinal);

    /// <summary>Clusters' versions are to be asked for after all global ones.</summary>
    /// <param name="sha256">Of the manifest.</param>
    public bool Has(string sha256, VersionManifest manifest)
    {
        var kept = manifest.Number >= floors.GetValueOrDefault(manifest.Tier)
            || (manifest.Tier == TierNames.Global && manifest.Number == stable)
            || _merged.Contains(sha256);
        if (kept)
            _merged.UnionWith(ManifestChain.Merged(manifest));
        return kept;
    }
}
