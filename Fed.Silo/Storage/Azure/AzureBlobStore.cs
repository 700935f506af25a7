using System.Runtime.CompilerServices;
using Fed.Contracts.Storage;
using Fed.Core.IO;

namespace Fed.Silo.Storage.Azure;

/// <summary>
/// Blobs in a container of Azure Blob Storage, <c>xx/sha256</c> as the files have it. Reads come from copies on this
/// machine, downloaded whole and compared with their name (docs/adr/0006); the container decides what exists.
/// </summary>
internal sealed class AzureBlobStore : IBlobStore
{
    private readonly AzureBlobOptions _options;
    private readonly BlobCache _cache;
    private readonly AzureContainer _container;
    private readonly AzureBlobUpload _upload;
    private readonly KeyedGate _downloads = new();

    /// <param name="cache">Remains the caller's to dispose.</param>
    public AzureBlobStore(AzureBlobOptions options, BlobCache cache, TimeProvider clock, ILogger<AzureBlobStore> logger)
    {
        _options = options;
        _cache = cache;
        _container = new AzureContainer(options, clock, logger);
        _upload = new AzureBlobUpload(_container, options);
    }

    public TemporaryFiles Temporary => _cache.Temporary;

    /// <summary>Creates the container unless it exists; shows that address and key are right.</summary>
    public Task OpenAsync(CancellationToken cancellationToken) => _container.CreateAsync(cancellationToken);

    public ValueTask<IBlobWriter> CreateAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return new(new AzureBlobWriter(this, _cache.Temporary.Next(), _options.MaxBlobBytes));
        }
        catch (Exception error) when (StorageUnavailableException.IsCause(error))
        {
            throw new StorageUnavailableException("no temporary blob can be created", error);
        }
    }

    /// <exception cref="InvalidDataException">The content of the blob does not match its name.</exception>
    public async ValueTask<IBlobReader?> OpenAsync(string sha256, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!BlobName.IsValid(sha256))
            return null;
        try
        {
            if (_cache.TryOpen(sha256) is { } copy)
                return copy;
            // One download of a blob at a time: whoever waited finds it.
            using var turn = await _downloads.EnterAsync(sha256, cancellationToken);
            return _cache.TryOpen(sha256) ?? await DownloadAsync(sha256, cancellationToken);
        }
        catch (Exception error) when (StorageUnavailableException.IsCause(error))
        {
            throw new StorageUnavailableException($"the copy of blob {sha256} cannot be kept or read", error);
        }
    }

    public async ValueTask<bool> RemoveAsync(
        string sha256, DateTimeOffset? committedBefore, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!BlobName.IsValid(sha256))
            return true;
        if (!await _container.DeleteAsync(NameOf(sha256), committedBefore, cancellationToken))
            return false;
        try
        {
            _cache.Remove(sha256);
            return true;
        }
        catch (Exception error) when (StorageUnavailableException.IsCause(error))
        {
            throw new StorageUnavailableException($"the copy of blob {sha256} cannot be removed", error);
        }
    }

    public async IAsyncEnumerable<BlobInfo> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in _container.ListAsync(_options.PageSize, cancellationToken))
        {
            var (name, properties) = (blob.Name, blob.Properties);
            // What is not ours in the container is none of our business.
            if (name.Length > 3 && name[3..] is var sha256 && BlobName.IsValid(sha256) && name == NameOf(sha256))
                yield return new BlobInfo(sha256, properties.ContentLength ?? 0, properties.LastModified!.Value);
        }
    }

    internal async Task CommitAsync(string sha256, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var file = new FileReader(path);
            await _upload.RunAsync(NameOf(sha256), file, cancellationToken);
            _cache.Adopt(path, sha256, file.Length);
        }
        catch (Exception error) when (StorageUnavailableException.IsCause(error))
        {
            throw new StorageUnavailableException($"blob {sha256} cannot be made durable", error);
        }
    }

    /// <returns>Null when there is no such blob.</returns>
    private async Task<FileBlobReader?> DownloadAsync(string sha256, CancellationToken cancellationToken)
    {
        var path = _cache.Temporary.Next();
        try
        {
            if (await CopyAsync(sha256, path, cancellationToken) is not { } actual)
                return null;
            if (actual != sha256)
            {
                throw new InvalidDataException(
                    $"blob {sha256} is damaged: what the container '{_options.Container}' holds under that name has "
                    + $"SHA-256 {actual}");
            }

            // Opened before it is adopted: a cache that is smaller than the blob removes it at once.
            var reader = new FileBlobReader(path);
            _cache.Adopt(path, sha256, reader.Length);
            return reader;
        }
        finally
        {
            _cache.Temporary.Remove(path);
        }
    }

    /// <returns>The hash of what came; null when there is no such blob.</returns>
    private async Task<string?> CopyAsync(string sha256, string path, CancellationToken cancellationToken)
    {
        await using var file = new HashingFileStream(path, _options.MaxBlobBytes);
        long length;
        do
        {
            var range = await _container.GetRangeAsync(
                NameOf(sha256), file.Length, _options.BlockBytes, cancellationToken);
            if (range is null)
                return null;
            (var bytes, length) = range.Value;
            if (length > _options.MaxBlobBytes)
            {
                throw new InvalidDataException(
                    $"blob {sha256} is damaged: the container '{_options.Container}' holds {length} bytes under that "
                    + $"name, beyond the limit of {_options.MaxBlobBytes}");
            }

            await file.WriteAsync(bytes.ToMemory(), cancellationToken);
        }
        while (file.Length < length);

        return file.Sha256;
    }

    private static string NameOf(string sha256) => $"{sha256[..2]}/{sha256}";
}

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
