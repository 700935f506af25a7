using System.Runtime.CompilerServices;
using Fed.Contracts.Storage;
using Fed.Core.IO;

namespace Fed.Silo.Storage;

/// <summary>Where blobs live and how large one may be.</summary>
public sealed record FileBlobOptions
{
    /// <summary>Created when absent.</summary>
    public required string Root { get; init; }

    /// <summary>
    /// The silos of one cluster have the root together; else it is one process's. A collection by another cluster would
    /// remove what it knows nothing of.
    /// </summary>
    public bool Shared { get; init; }

    /// <summary>
    /// Largest blob in bytes: a last line of defence behind the gateway's own bounds. 1 KiB to 1 TiB.
    /// </summary>
    public long MaxBlobBytes { get; init; } = 16L << 30;

    /// <exception cref="ArgumentException">A property is outside its range; the message names the remedy.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Root))
            throw new ArgumentException("blobs.root is empty; give the folder that blobs are kept in");
        if (MaxBlobBytes is < 1 << 10 or > 1L << 40)
        {
            throw new ArgumentException(
                $"blobs.maxBlobBytes is {MaxBlobBytes}; it must be {1 << 10} to {1L << 40} (1 KiB to 1 TiB)");
        }
    }
}

/// <summary>
/// Blobs as files, <c>xx/sha256</c> under a root that one process owns, or the silos of a cluster together. A blob
/// appears by rename, whole and durable, or not at all, whoever writes it at the same time; what a dead process left
/// half-written is removed when the next one starts.
/// </summary>
public sealed class FileBlobStore : IBlobStore, IDisposable
{
    private readonly FileBlobOptions _options;
    private readonly FolderLock _ownership;
    private readonly TemporarySpace _temporary;

    /// <exception cref="ArgumentException">Options out of range.</exception>
    /// <exception cref="FolderInUseException">Another process owns the root, and does not share it.</exception>
    public FileBlobStore(FileBlobOptions options)
    {
        options.Validate();
        _options = options;
        var root = Path.GetFullPath(options.Root);
        Directory.CreateDirectory(root);
        _ownership = FolderLock.Take(root, options.Shared);
        try
        {
            Names = new NameGate(root);
            Names.Create();
            _temporary = new TemporarySpace(root, Names);
        }
        catch
        {
            _ownership.Dispose();
            throw;
        }

        // All 256 folders now, made durable once: a commit then has just its own folder to synchronise.
        for (var prefix = 0; prefix < 256; prefix++)
            Directory.CreateDirectory(Path.Combine(root, prefix.ToString("x2")));
        DurableFolder.Sync(root);
        Root = root;
        Committer = new BlobCommitter(root);
    }

    public string Root { get; }

    internal BlobCommitter Committer { get; }

    /// <summary>Shared by commits; a removal has it alone.</summary>
    internal NameGate Names { get; }

    internal TemporaryFiles Temporary => _temporary.Files;

    public ValueTask<IBlobWriter> CreateAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            try
            {
                return new(new FileBlobWriter(this, Temporary.Next(), _options.MaxBlobBytes));
            }
            catch (DirectoryNotFoundException) when (_temporary.TryRestore())
            {
                return new(new FileBlobWriter(this, Temporary.Next(), _options.MaxBlobBytes));
            }
        }
        catch (Exception error) when (StorageUnavailableException.IsCause(error))
        {
            throw new StorageUnavailableException(
                $"no temporary blob can be created in {Temporary.Folder}: {error.Message}", error);
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
        catch (FileNotFoundException)
        {
            return new((IBlobReader?)null);
        }
        catch (Exception error) when (StorageUnavailableException.IsCause(error))
        {
            // Also where the blob's folder is missing: all 256 were made at the start, so the store is away, and that
            // is not to be taken for a blob that does not exist.
            throw new StorageUnavailableException($"blob {sha256} cannot be opened: {error.Message}", error);
        }
    }

    public ValueTask<bool> RemoveAsync(
        string sha256, DateTimeOffset? committedBefore, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!BlobName.IsValid(sha256))
            return new(true);
        var path = PathOf(sha256);
        try
        {
            // No blob gets this name between the look and the removal.
            using (Names.Own())
            {
                if (committedBefore is { } before && File.GetLastWriteTimeUtc(path) >= before.UtcDateTime)
                    return new(false);
                // Not made durable: a blob that comes back after a power cut is as unneeded as before.
                File.Delete(path);
                return new(true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException($"blob {sha256} cannot be removed", error);
        }
    }

    public async IAsyncEnumerable<BlobInfo> ListAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A folder at a time: memory does not grow with the store, and whoever lists may remove meanwhile.
        for (var prefix = 0; prefix < 256; prefix++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var blob in await Task.Run(() => List(prefix.ToString("x2")), cancellationToken))
                yield return blob;
        }
    }

    public void Dispose()
    {
        Committer.Dispose();
        _temporary.Dispose();
        _ownership.Dispose();
    }

    private BlobInfo[] List(string prefix)
    {
        try
        {
            return new DirectoryInfo(Path.Combine(Root, prefix)).EnumerateFiles()
                .Where(file => BlobName.IsValid(file.Name) && file.Exists)
                .Select(file => new BlobInfo(file.Name, file.Length, file.LastWriteTimeUtc))
                .ToArray();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException($"the blobs under {prefix} cannot be listed", error);
        }
    }

    internal string PathOf(string sha256) => Path.Combine(Root, sha256[..2], sha256);
}

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
                new BlobCommit(_stream, _path, _store.PathOf(sha256), _store.Names)
                {
                    FailuresBefore = _failuresBefore,
                });
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

/// <summary>One blob of the store, as a file.</summary>
internal sealed class FileBlobReader(string path) : IBlobReader
{
    private readonly FileReader _file = new(path);

    public long Length => _file.Length;

    /// <exception cref="EndOfStreamException">The bytes end before the buffer is full.</exception>
    /// <exception cref="StorageUnavailableException">The disk cannot be read.</exception>
    public void Read(long offset, Span<byte> buffer)
    {
        try
        {
            _file.Read(offset, buffer);
        }
        catch (Exception error) when (error is not EndOfStreamException && StorageUnavailableException.IsCause(error))
        {
            throw new StorageUnavailableException($"the blob {path} cannot be read: {error.Message}", error);
        }
    }

    public void Dispose() => _file.Dispose();
}
