using Fed.Silo.Storage;
using Fed.Tests.Silo.Blobs;

namespace Fed.Tests.Silo.Azure;

/// <summary>Storage that goes away and comes back, with all that it held.</summary>
public sealed class AzureOutageTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-azurite-").FullName;
    private readonly string _container = SharedAzurite.NewContainer();
    private AzuriteProcess _azurite = null!;

    public async Task InitializeAsync()
    {
        if (AzuriteProcess.Installation is not null)
            _azurite = await AzuriteProcess.StartAsync(_folder);
    }

    public async Task DisposeAsync()
    {
        if (_azurite is not null)
            await _azurite.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [AzuriteFact]
    public async Task Commit_WhileTheStorageGoesAwayAndComesBack_IsWhole()
    {
        var log = new RetryLog();
        using var store = await OpenAsync(log);
        var bytes = BlobStoreContract.Bytes(32_000_000);

        var commit = Task.Run(() => BlobStoreContract.WriteAsync(store.Store, bytes));
        await _azurite.StopAsync();
        await Task.WhenAny(log.First, commit);
        Assert.False(commit.IsCompleted, "the commit was over before the storage went away");
        await _azurite.StartAgainAsync();
        var name = await commit;

        using var other = await OpenAsync(new RetryLog());
        Assert.Equal([name], await BlobStoreContract.NamesAsync(other.Store));
        using var reader = await other.Store.OpenAsync(name, CancellationToken.None);
        Assert.True(bytes.AsSpan().SequenceEqual(BlobStoreContract.ReadAll(reader!)));
    }

    [AzuriteFact]
    public async Task OpenAsync_WhileTheStorageIsAway_WaitsForItUnlessThereIsACopy()
    {
        using var writer = await OpenAsync(new RetryLog());
        var name = await BlobStoreContract.WriteAsync(writer.Store, BlobStoreContract.Bytes(500_000));
        var log = new RetryLog();
        using var store = await OpenAsync(log);
        await _azurite.StopAsync();

        using var copy = await writer.Store.OpenAsync(name, CancellationToken.None);
        var open = store.Store.OpenAsync(name, CancellationToken.None).AsTask();
        await log.First;
        await _azurite.StartAgainAsync();

        using var reader = await open;
        Assert.Equal(BlobStoreContract.Bytes(500_000), BlobStoreContract.ReadAll(copy!));
        Assert.Equal(BlobStoreContract.Bytes(500_000), BlobStoreContract.ReadAll(reader!));
    }

    [AzuriteFact]
    public async Task Commit_WhileTheStorageStaysAway_FailsInTheEndAndMayBeRepeated()
    {
        var log = new RetryLog();
        using var store = await OpenAsync(log, TimeSpan.FromSeconds(1));
        await using var writer = await store.Store.CreateAsync(CancellationToken.None);
        await writer.Stream.WriteAsync(BlobStoreContract.Bytes(500_000));
        await _azurite.StopAsync();

        var error = await Assert.ThrowsAnyAsync<StorageUnavailableException>(
            async () => await writer.CommitAsync(CancellationToken.None));
        await _azurite.StartAgainAsync();

        Assert.Contains("is away", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(AzuriteProcess.Key, $"{error} {string.Concat(log.Lines)}", StringComparison.Ordinal);
        Assert.Empty(await BlobStoreContract.NamesAsync(store.Store));
        var name = await writer.CommitAsync(CancellationToken.None);
        Assert.Equal([name], await BlobStoreContract.NamesAsync(store.Store));
    }

    private Task<AzureTestStore> OpenAsync(RetryLog log, TimeSpan? retryFor = null) => AzureTestStore.OpenAsync(
        AzureTestStore.Options(_azurite.Connection, _container) with { RetryFor = retryFor ?? TimeSpan.FromSeconds(30) },
        clock: null,
        log);
}
