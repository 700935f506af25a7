using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Fed.Silo.Storage;
using Fed.Silo.Storage.Redis;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Fed.Silo.Hosting;

/// <summary>The servers in which silos keep what they share: a storage account, Redis, or both.</summary>
internal sealed class SharedServers : IAsyncDisposable
{
    private readonly SiloProviders _providers;
    private readonly ILogger _logger;
    private readonly string _service;

    public SharedServers(
        SiloProviders providers, SiloOptions options, IOptions<ClusterOptions> cluster, ILogger<SiloHost> logger)
    {
        (_providers, _logger, _service) = (providers, logger, cluster.Value.ServiceId);
        if (providers.Uses(SiloProviders.Redis))
            Redis = RedisServer.Parse(providers.RedisConnectionString!);
        if (!providers.Uses(SiloProviders.Azure))
            return;
        // All tries of one request end before the call of an actor does that waits for it.
        Tables = new TableServiceClient(
            providers.AzureConnectionString, Bounded(new TableClientOptions(), options.Timeouts));
        Blobs = new BlobServiceClient(
            providers.AzureConnectionString, Bounded(new BlobClientOptions(), options.Timeouts));
    }

    /// <summary>Null where nothing is kept in it.</summary>
    public RedisServer? Redis { get; }

    public TableServiceClient? Tables { get; }

    public BlobServiceClient? Blobs { get; }

    /// <exception cref="RemoteStorageException">One is away for longer than we wait, or refuses us.</exception>
    /// <exception cref="InvalidDataException">The state there is of another format.</exception>
    public async Task WaitAsync(StorageWait wait, CancellationToken cancellationToken)
    {
        if (Redis is { } redis)
        {
            await wait.ForAsync(
                $"Redis at {redis}", SiloProviders.RedisVariable, _ => LookAsync(redis), cancellationToken);
            if (_providers.State == SiloProviders.Redis && await redis.FindWeaknessAsync() is { } weakness)
                Log.StateMayBeLost(_logger, weakness);
        }

        if (Tables is { } tables && SiloProviders.Azure is var azure
            && (_providers.Clustering == azure || _providers.Reminders == azure))
        {
            await wait.ForAsync(
                $"Azure Table Storage at {tables.Uri.GetLeftPart(UriPartial.Path)}",
                SiloProviders.AzureVariable,
                token => FindAnyAsync(tables, token),
                cancellationToken);
        }

        if (Blobs is { } blobs && _providers.State == SiloProviders.Azure)
        {
            await wait.ForAsync(
                $"Azure Blob Storage at {blobs.Uri.GetLeftPart(UriPartial.Path)}",
                SiloProviders.AzureVariable,
                token => StateFormat.RequireAsync(blobs, _service, token),
                cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Redis is { } redis)
            await redis.DisposeAsync();
    }

    private async Task LookAsync(RedisServer redis)
    {
        await redis.LookAsync();
        if (_providers.State == SiloProviders.Redis)
            await StateFormat.RequireAsync((await redis.ConnectAsync()).GetDatabase(), _service);
    }

    private static async Task FindAnyAsync(TableServiceClient tables, CancellationToken cancellationToken)
    {
        await foreach (var _ in tables.QueryAsync(maxPerPage: 1, cancellationToken: cancellationToken))
            return;
    }

    private static T Bounded<T>(T options, SiloTimeouts timeouts)
        where T : ClientOptions
    {
        options.Retry.MaxRetries = 2;
        options.Retry.Delay = timeouts.Work / 60;
        options.Retry.NetworkTimeout = timeouts.Work / 6;
        return options;
    }
}
