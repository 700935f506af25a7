using Fed.Contracts.Keys;
using Fed.Contracts.Storage;
using Fed.Contracts.Versions;

namespace Fed.Grains.Versions;

/// <summary>Signed manifests as blobs.</summary>
public sealed class ManifestStore(IBlobStore blobs, IFederationKeys keys)
{
    /// <summary>Writes the manifest durably and returns its SHA-256.</summary>
    public async Task<string> WriteAsync(VersionManifest manifest)
    {
        await using var blob = await blobs.CreateAsync(CancellationToken.None);
        blob.Stream.Write(SignedManifest.Write(manifest, keys));
        return await blob.CommitAsync(CancellationToken.None);
    }

    /// <exception cref="InvalidDataException">There is no such blob, it is damaged, or it is not a
    /// manifest.</exception>
    public async Task<VersionManifest> ReadAsync(string sha256) =>
        SignedManifest.Read(await ReadBytesAsync(sha256), sha256).Manifest;

    /// <summary>As they were signed; whether they are a manifest, <see cref="SignedManifest.Read"/> says.</summary>
    /// <exception cref="InvalidDataException">There is no such blob, or it is too large.</exception>
    public async Task<byte[]> ReadBytesAsync(string sha256)
    {
        using var blob = await blobs.OpenAsync(sha256, CancellationToken.None);
        if (blob is null || blob.Length > SignedManifest.MaxBytes)
        {
            throw new InvalidDataException(
                $"manifest {sha256} is missing or larger than {SignedManifest.MaxBytes} bytes");
        }

        var bytes = new byte[blob.Length];
        blob.Read(0, bytes);
        return bytes;
    }
}
