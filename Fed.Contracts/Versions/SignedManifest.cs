using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fed.Contracts.Keys;

namespace Fed.Contracts.Versions;

/// <summary>
/// A manifest as it is stored: one line of JSON, one line with the federation's signature over that line's SHA-256 in
/// base64. The SHA-256 of both lines is its name, which its children hold as their parent.
/// </summary>
public sealed class SignedManifest
{
    /// <summary>More is no manifest.</summary>
    public const int MaxBytes = 64 << 20;

    private readonly byte[] _signature;
    private readonly byte[] _text;

    private SignedManifest(VersionManifest manifest, byte[] text, byte[] signature)
    {
        Manifest = manifest;
        _text = text;
        _signature = signature;
    }

    public VersionManifest Manifest { get; }

    /// <summary>The bytes to store.</summary>
    public static byte[] Write(VersionManifest manifest, IFederationKeys keys)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, FedJson.Options);
        var signature = keys.Sign(manifest.Federation, TextOf(json));
        return [.. json, (byte)'\n', .. Encoding.ASCII.GetBytes(Convert.ToBase64String(signature)), (byte)'\n'];
    }

    /// <param name="bytes">As they were stored.</param>
    /// <param name="sha256">Their name, in lower-case hex.</param>
    /// <exception cref="InvalidDataException">They do not match their name, or are no manifest; it is
    /// named.</exception>
    public static SignedManifest Read(ReadOnlySpan<byte> bytes, string sha256)
    {
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != sha256)
            throw new InvalidDataException($"manifest {sha256} is damaged: its bytes do not match its name");
        var end = bytes.IndexOf((byte)'\n');
        var signature = new byte[Signatures.Bytes];
        if (end < 0 || end == bytes.Length - 1 || bytes[^1] != '\n'
            || !Convert.TryFromBase64String(Encoding.ASCII.GetString(bytes[(end + 1)..^1]), signature, out var length)
            || length != signature.Length)
        {
            throw new InvalidDataException($"blob {sha256} is no manifest: it has no signature");
        }

        var json = bytes[..end];
        try
        {
            return new SignedManifest(
                JsonSerializer.Deserialize<VersionManifest>(json, FedJson.Options)
                    ?? throw new JsonException("it is null"),
                TextOf(json),
                signature);
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"blob {sha256} is no manifest: {wrong.Message}", wrong);
        }
    }

    /// <summary>Whether the owner of the federation's key has signed it.</summary>
    public bool IsSignedBy(ECDsa publicKey) => Signatures.Verify(publicKey, _text, _signature);

    /// <summary>What is signed.</summary>
    private static byte[] TextOf(ReadOnlySpan<byte> json) =>
        Encoding.ASCII.GetBytes($"fed-manifest-v1\n{Convert.ToHexStringLower(SHA256.HashData(json))}");
}

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
