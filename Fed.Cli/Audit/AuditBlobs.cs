using System.Security.Cryptography;
using Fed.Contracts.Storage;
using Fed.Contracts.Versions;
using Fed.Core.IO;
using Fed.Folding;

namespace Fed.Cli.Audit;

/// <summary>
/// Blobs of a source, each compared with its name once, when it is copied into a folder that goes with this object.
/// What is written is hashed and dropped.
/// </summary>
internal sealed class AuditBlobs : IBlobStore, IDisposable
{
    private readonly IAuditSource _source;
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-audit-").FullName;
    private readonly HashSet<string> _copied = new(StringComparer.Ordinal);

    public AuditBlobs(IAuditSource source) => _source = source;

    /// <summary>The copies that are there, by name.</summary>
    public IReadOnlyCollection<string> Copied => _copied;

    public string PathOf(string sha256) => Path.Combine(_folder, sha256);

    public ValueTask<IBlobWriter> CreateAsync(CancellationToken cancellationToken) => new(new DiscardingWriter());

    /// <exception cref="InvalidDataException">There is no such blob, or its bytes are not those of
    /// its name.</exception>
    public async ValueTask<IBlobReader?> OpenAsync(string sha256, CancellationToken cancellationToken)
    {
        await CopyAsync(sha256, cancellationToken);
        return new Copy(PathOf(sha256));
    }

    /// <exception cref="InvalidDataException">As of <see cref="OpenAsync"/>, or it is no manifest.</exception>
    public async Task<SignedManifest> ManifestAsync(string sha256, CancellationToken cancellationToken)
    {
        await CopyAsync(sha256, cancellationToken);
        return SignedManifest.Read(await File.ReadAllBytesAsync(PathOf(sha256), cancellationToken), sha256);
    }

    public ValueTask<bool> RemoveAsync(
        string sha256, DateTimeOffset? committedBefore, CancellationToken cancellationToken) => new(false);

    public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException("a source cannot be listed");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task CopyAsync(string sha256, CancellationToken cancellationToken)
    {
        if (_copied.Contains(sha256))
            return;
        if (sha256.Length != 2 * SHA256.HashSizeInBytes || !sha256.All(char.IsAsciiHexDigitLower))
            throw new InvalidDataException($"'{sha256}' is no name of a blob");
        var path = PathOf(sha256);
        await using (var file = File.Create(path))
            await _source.CopyAsync(sha256, file, cancellationToken);
        await using (var file = File.OpenRead(path))
        {
            var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
            if (found != sha256)
                throw new InvalidDataException($"the bytes of blob {sha256} have the hash {found}");
        }

        _copied.Add(sha256);
    }

    private sealed class Copy(string path) : FileReader(path), IBlobReader;
}
