using Fed.Silo.Storage.Azure;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fed.Tests.Silo.Azure;

/// <summary>A store with a cache of its own, as a silo has it.</summary>
internal sealed class AzureTestStore : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-azure-").FullName;
    private readonly BlobCache _cache;

    private AzureTestStore(AzureBlobOptions options, TimeProvider? clock, ILogger<AzureBlobStore>? logger)
    {
        options = options with { CacheFolder = options.CacheFolder == "" ? _folder : options.CacheFolder };
        options.Validate();
        CacheFolder = options.CacheFolder;
        _cache = new BlobCache(options.CacheFolder, options.CacheBytes);
        Store = new AzureBlobStore(
            options, _cache, clock ?? TimeProvider.System, logger ?? NullLogger<AzureBlobStore>.Instance);
    }

    public AzureBlobStore Store { get; }

    public string CacheFolder { get; }

    /// <summary>Small blocks, so that small tests have many.</summary>
    public static AzureBlobOptions Options(AzureConnection connection, string container) => new()
    {
        Connection = connection,
        Container = container,
        CacheFolder = "",
        BlockBytes = 64 << 10,
    };

    public static async Task<AzureTestStore> OpenAsync(
        AzureBlobOptions options, TimeProvider? clock = null, ILogger<AzureBlobStore>? logger = null)
    {
        var store = new AzureTestStore(options, clock, logger);
        await store.Store.OpenAsync(CancellationToken.None);
        return store;
    }

    public void Dispose()
    {
        _cache.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
