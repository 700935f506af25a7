using Fed.Contracts.Storage;

namespace Fed.Silo.Storage.Azure;

/// <summary>
/// A temporary file of the cache, hashed as it is written. A commit brings it up under its hash, and it stays as the
/// copy that the next reader finds: what this silo writes it never downloads.
/// </summary>
internal sealed class AzureBlobWriter : IBlobWriter
{
    private readonly AzureBlobStore _store;
    private readonly string _path;
    private readonly HashingFileStream _stream;
    private string? _sha256;
    private bool _committed;

    public AzureBlobWriter(AzureBlobStore store, string path, long maxBytes)
    {
        _store = store;
        _path = path;
        _stream = new HashingFileStream(path, maxBytes);
    }

    public Stream Stream => _stream;

    public string Sha256 => _sha256 ?? _stream.Sha256;

    /// <summary>After a failure it may be called again.</summary>
    public async ValueTask<string> CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_committed)
            throw new InvalidOperationException("the blob was committed before; create another writer");
        _sha256 ??= _stream.Sha256;
        await _stream.DisposeAsync();
        await _store.CommitAsync(_sha256, _path, cancellationToken);
        _committed = true;
        return _sha256;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        if (!_committed)
            _store.Temporary.Remove(_path);
    }
}
