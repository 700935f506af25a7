using System.Text.Json;
using Fed.Contracts;
using Fed.Contracts.Storage;
using Fed.Contracts.Versions;

namespace Fed.Grains.Versions;

/// <summary>Manifests as JSON blobs: small, immutable, named by their hash.</summary>
public static class ManifestStore
{
    public const int MaxBytes = 64 << 20;

    /// <summary>Writes the manifest durably and returns its SHA-256.</summary>
    public static async Task<string> WriteAsync(IBlobStore blobs, VersionManifest manifest)
    {
        await using var blob = await blobs.CreateAsync(CancellationToken.None);
        JsonSerializer.Serialize(blob.Stream, manifest, FedJson.Options);
        return await blob.CommitAsync(CancellationToken.None);
    }

    /// <exception cref="InvalidDataException">There is no such blob, or it is not a manifest.</exception>
    public static async Task<VersionManifest> ReadAsync(IBlobStore blobs, string sha256)
    {
        using var blob = await blobs.OpenAsync(sha256, CancellationToken.None);
        if (blob is null || blob.Length > MaxBytes)
            throw new InvalidDataException($"manifest {sha256} is missing or larger than {MaxBytes} bytes");
        var bytes = new byte[blob.Length];
        blob.Read(0, bytes);
        return JsonSerializer.Deserialize<VersionManifest>(bytes, FedJson.Options)
            ?? throw new InvalidDataException($"manifest {sha256} is empty");
    }
}
