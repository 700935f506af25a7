using Fed.Contracts.Storage;

namespace Fed.Silo.Storage;

/// <summary>A temporary file that becomes a blob: fsync, rename to its hash, fsync of the folder.</summary>
internal sealed class FileBlobWriter : IBlobWriter
{
    private readonly FileBlobStore _store;
    private readonly string _path;
    private readonly HashingFileStream _stream;
    private bool _committed;

    public FileBlobWriter(FileBlobStore store, string path, long maxBytes)
    {
        _store = store;
        _path = path;
        _stream = new HashingFileStream(path, maxBytes);
    }

    public Stream Stream => _stream;

    public string Sha256 => _stream.Sha256;

    public ValueTask<string> CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_committed)
            throw new InvalidOperationException("the blob was committed before; create another writer");
        var sha256 = _stream.Sha256;
        try
        {
            _stream.CloseDurably();
            var target = _store.PathOf(sha256);
            // A blob of that name holds the same bytes, so that replacing it is harmless to whoever reads it.
            File.Move(_path, target, overwrite: true);
            _committed = true;
            DurableFolder.Sync(Path.GetDirectoryName(target)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException($"blob {sha256} cannot be made durable", error);
        }

        return new(sha256);
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        if (!_committed)
            File.Delete(_path);
    }
}
