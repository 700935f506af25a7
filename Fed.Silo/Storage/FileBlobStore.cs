using Fed.Contracts.Storage;

namespace Fed.Silo.Storage;

/// <summary>
/// Blobs as files, <c>xx/sha256</c> under a root that one process owns. A blob appears by rename, whole and durable,
/// or not at all; what a dead process left half-written is removed when the next one starts.
/// </summary>
public sealed class FileBlobStore : IBlobStore, IDisposable
{
    private const string TemporaryFolder = "tmp";

    private readonly FileBlobOptions _options;
    private readonly string _temporary;
    private readonly FolderLock _ownership;
    private long _serial;

    /// <exception cref="ArgumentException">Options out of range.</exception>
    /// <exception cref="FolderInUseException">Another process owns the root.</exception>
    public FileBlobStore(FileBlobOptions options)
    {
        options.Validate();
        _options = options;
        var root = Path.GetFullPath(options.Root);
        Directory.CreateDirectory(root);
        _ownership = FolderLock.Take(root);
        _temporary = Path.Combine(root, TemporaryFolder);
        if (Directory.Exists(_temporary))
            Directory.Delete(_temporary, recursive: true);
        Directory.CreateDirectory(_temporary);
        // All 256 folders now, made durable once: a commit then has just its own folder to synchronise.
        for (var prefix = 0; prefix < 256; prefix++)
            Directory.CreateDirectory(Path.Combine(root, prefix.ToString("x2")));
        DurableFolder.Sync(root);
        Root = root;
    }

    public string Root { get; }

    public ValueTask<IBlobWriter> CreateAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = Path.Combine(_temporary, Interlocked.Increment(ref _serial).ToString("x16"));
        try
        {
            return new(new FileBlobWriter(this, path, _options.MaxBlobBytes));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException("no temporary blob can be created", error);
        }
    }

    public ValueTask<IBlobReader?> OpenAsync(string sha256, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!BlobName.IsValid(sha256))
            return new((IBlobReader?)null);
        try
        {
            return new(new FileBlobReader(PathOf(sha256)));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return new((IBlobReader?)null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException($"blob {sha256} cannot be opened", error);
        }
    }

    public void Dispose() => _ownership.Dispose();

    internal string PathOf(string sha256) => Path.Combine(Root, sha256[..2], sha256);
}
