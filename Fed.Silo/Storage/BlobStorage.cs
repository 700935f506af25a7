using Fed.Contracts.Storage;
using Fed.Silo.Hosting;
using Fed.Silo.Storage.Azure;

namespace Fed.Silo.Storage;

/// <summary>
/// The blob store that a silo is started with: files, or a container of Azure and the folder of its copies. Either way
/// it owns the data folder from the first moment, before anything there is read.
/// </summary>
internal sealed class BlobStorage : IDisposable
{
    private readonly SiloOptions _options;
    private readonly FileBlobStore? _files;
    private readonly BlobCache? _copies;

    /// <exception cref="FolderInUseException">Another silo owns the data folder.</exception>
    public BlobStorage(SiloOptions options)
    {
        _options = options;
        if (options.AzureBlobs is { } azure)
            _copies = new BlobCache(azure.CacheFolder, azure.CacheBytes);
        else
            _files = new FileBlobStore(options.Blobs);
    }

    public void Register(IServiceCollection services)
    {
        if (_files is not null)
        {
            services.AddSingleton<IBlobStore>(_files);
            return;
        }

        services.AddSingleton(provider => new AzureBlobStore(
            _options.AzureBlobs!,
            _copies!,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AzureBlobStore>>()));
        services.AddSingleton<IBlobStore>(provider => provider.GetRequiredService<AzureBlobStore>());
    }

    /// <summary>A container that is away or refuses us should stop the start, not the first request.</summary>
    public async Task OpenAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (_options.AzureBlobs is not { } azure)
            return;
        await services.GetRequiredService<AzureBlobStore>().OpenAsync(cancellationToken);
        Log.BlobsInAzure(
            services.GetRequiredService<ILogger<BlobStorage>>(), azure.Container, azure.Connection.ToString());
    }

    public void Dispose()
    {
        _files?.Dispose();
        _copies?.Dispose();
    }
}
