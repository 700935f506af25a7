using Fed.Contracts.Storage;
using Fed.Silo.Hosting;
using Fed.Silo.Storage.Azure;

namespace Fed.Silo.Storage;

/// <summary>
/// The blob store that a silo is started with: files, or a container of Azure and the folder of its copies. It owns the
/// data folder from the first moment, before anything there is read; the folder of blobs only where no silo shares it.
/// </summary>
internal sealed class BlobStorage : IDisposable
{
    private readonly AzureBlobOptions? _azure;
    private readonly ILogger _logger;
    private readonly FolderLock _ownership;
    private readonly FileBlobStore? _files;
    private readonly BlobCache? _copies;

    /// <exception cref="FolderInUseException">Another silo owns the data folder.</exception>
    public BlobStorage(
        SiloOptions options, SiloProviders providers, TimeProvider clock, ILogger<AzureBlobStore> logger)
    {
        _azure = options.AzureBlobs;
        _logger = logger;
        Directory.CreateDirectory(options.DataFolder);
        _ownership = FolderLock.Take(options.DataFolder);
        try
        {
            if (_azure is null)
            {
                Store = _files = new FileBlobStore(options.Blobs with { Shared = providers.IsShared });
                return;
            }

            _copies = new BlobCache(_azure.CacheFolder, _azure.CacheBytes);
            Store = new AzureBlobStore(_azure, _copies, clock, logger);
        }
        catch
        {
            _ownership.Dispose();
            throw;
        }
    }

    public IBlobStore Store { get; }

    /// <summary>A container that is away or refuses us should stop the start, not the first request.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (Store is not AzureBlobStore store)
            return;
        await store.OpenAsync(cancellationToken);
        Log.BlobsInAzure(_logger, _azure!.Container, _azure.Connection.ToString());
    }

    public void Dispose()
    {
        _files?.Dispose();
        _copies?.Dispose();
        _ownership.Dispose();
    }
}
