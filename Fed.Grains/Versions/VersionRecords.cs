using Fed.Contracts.Versions;

namespace Fed.Grains.Versions;

/// <summary>The registry's node for a manifest.</summary>
public static class VersionRecords
{
    public static VersionRecord Of(VersionManifest manifest, string manifestHash) => new(
        manifest.Tier,
        manifest.Number,
        manifest.ModelSha256,
        manifestHash,
        manifest.Parents,
        manifest.Kind == "fold" ? Math.Max(manifest.Contributions.Count, manifest.Inputs.Count) : 0,
        manifest.CommittedAt,
        Evaluation: null,
        manifest.Kind,
        manifest.GlobalVersion,
        Withdrawn: false,
        Collected: false);
}
