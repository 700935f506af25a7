using System.Security.Cryptography;
using Fed.Contracts.Versions;

namespace Fed.Cli.Audit;

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
