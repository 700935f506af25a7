using Fed.Contracts.Storage;

namespace Fed.Silo.Storage;

/// <summary>A temporary file that becomes a blob: fsync, rename to its hash, fsync of the folder.</summary>
internal sealed class FileBlobWriter : IBlobWriter
{
    private readonly FileBlobStore store;
    private readonly string path;
    private readonly HashingFileStream stream;
    private bool committed;

    public FileBlobWriter(FileBlobStore store, string path, long maxBytes)
    {
        this.store = store;
        this.path = path;
        stream = new HashingFileStream(path, maxBytes);
    }

    public Stream Stream => stream;

    public string Sha256 => stream.Sha256;

    public ValueTask<string> CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (committed)
            throw new InvalidOperationException("the blob was committed before; create another writer");
        var sha256 = stream.Sha256;
        try
        {
            stream.CloseDurably();
            var target = store.PathOf(sha256);
            // A blob of that name holds the same bytes, so that replacing it is harmless to whoever reads it.
            File.Move(path, target, overwrite: true);
            committed = true;
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
        await stream.DisposeAsync();
        if (!committed)
            File.Delete(path);
    }
}
