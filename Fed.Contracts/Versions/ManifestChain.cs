namespace Fed.Contracts.Versions;

/// <summary>How manifests lead to others.</summary>
public static class ManifestChain
{
    /// <summary>
    /// The manifest before it in its own tier, null of the first: the first parent. A second one belongs to another
    /// tier, as does the only one of the first promotion.
    /// </summary>
    public static string? Previous(VersionManifest manifest) =>
        manifest.Parents.Count < (manifest.Tier == TierNames.Stable ? 2 : 1) ? null : manifest.Parents[0];

    /// <summary>The clusters' manifests whose aggregates a global version has merged.</summary>
    public static IEnumerable<string> Merged(VersionManifest manifest) =>
        manifest is { Tier: TierNames.Global, Kind: "fold" } ? manifest.Parents.Skip(1) : [];

    /// <summary>Every blob that the manifest names, with repetitions; manifests themselves are not among
    /// them.</summary>
    public static IEnumerable<string> Blobs(VersionManifest manifest)
    {
        string?[] single =
        [
            manifest.ModelSha256, manifest.BaseModel, manifest.Reference, manifest.SumsSha256, manifest.OptimizerState,
            manifest.PreviousOptimizerState,
        ];
        return single.Where(name => !string.IsNullOrEmpty(name)).Select(name => name!)
            .Concat(manifest.Inputs.Select(input => input.Sha256))
            .Concat(manifest.Contributions.Select(receipt => receipt.Sha256))
            .Concat(manifest.Quarantined.Select(receipt => receipt.Sha256));
    }
}
