using Fed.Contracts.Storage;

namespace Fed.Silo.Storage;

/// <summary>A temporary file that becomes a blob, durably (<see cref="BlobCommitter"/>).</summary>
internal sealed class FileBlobWriter : IBlobWriter
{
    private readonly FileBlobStore _store;
    private readonly string _path;
    private readonly HashingFileStream _stream;
    private readonly int _failuresBefore;
    private bool _asked;
    private bool _committed;

    public FileBlobWriter(FileBlobStore store, string path, long maxBytes)
    {
        _store = store;
        _path = path;
        _failuresBefore = store.Committer.Failures;
        _stream = new HashingFileStream(path, maxBytes);
    }

    public Stream Stream => _stream;

    public string Sha256 => _stream.Sha256;

    public async ValueTask<string> CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_asked)
            throw new InvalidOperationException("the blob was committed before; create another writer");
        _asked = true;
        var sha256 = _stream.Sha256;
        try
        {
            await _store.Committer.CommitAsync(
                new BlobCommit(_stream, _path, _store.PathOf(sha256), _store.Names) { FailuresBefore = _failuresBefore });
            _committed = true;
        }
        catch (Exception error) when (StorageUnavailableException.IsCause(error))
        {
            throw new StorageUnavailableException($"blob {sha256} cannot be made durable: {error.Message}", error);
        }

        return sha256;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        if (!_committed)
            _store.Temporary.Remove(_path);
    }
}
