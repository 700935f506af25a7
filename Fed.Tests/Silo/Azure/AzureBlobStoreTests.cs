using Fed.Contracts.Storage;
using Fed.Silo.Storage;
using Fed.Silo.Storage.Azure;
using Fed.Tests.Silo.Blobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fed.Tests.Silo.Azure;

[Collection(AzuriteTests.Name)]
public sealed class AzureBlobStoreTests(SharedAzurite azurite) : BlobStoreContract, IDisposable
{
    private readonly string _container = SharedAzurite.NewContainer();
    private readonly List<AzureTestStore> _stores = [];

    public void Dispose() => _stores.ForEach(store => store.Dispose());

    [AzuriteFact]
    public async Task Commit_AHundredMegabytes_ComesBackWholeOnAnotherMachine()
    {
        var bytes = Bytes(100_000_000);
        var name = await WriteAsync((await OpenAsync(AsBuilt)).Store, bytes);

        using var reader = await (await OpenAsync(AsBuilt)).Store.OpenAsync(name, CancellationToken.None);

        Assert.True(bytes.AsSpan().SequenceEqual(ReadAll(reader!)));
    }

    [AzuriteFact]
    public async Task Commit_ByManySilos_AgreesOnOneBlob()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync(options => options)));

        var names = await Task.WhenAll(
            stores.Select(store => Task.Run(() => WriteAsync(store.Store, Bytes(2_000_000)))));

        var name = Assert.Single(names.Distinct());
        Assert.Equal([name], await NamesAsync(stores[0].Store));
        using var reader = await (await OpenAsync(options => options)).Store.OpenAsync(name, CancellationToken.None);
        Assert.Equal(Bytes(2_000_000), ReadAll(reader!));
    }

    [AzuriteFact]
    public async Task ListAsync_OfManyPages_NamesEachOnceAndNothingForeign()
    {
        var store = (await OpenAsync(options => options with { PageSize = 3 })).Store;
        var written = new List<string>();
        for (var seed = 0; seed < 10; seed++)
            written.Add(await WriteAsync(store, Bytes(10, seed)));
        await Container.PutBlobAsync("readme.txt", Bytes(3), replace: true, CancellationToken.None);

        Assert.Equal(written.Order(), (await NamesAsync(store)).Order());
    }

    [AzuriteFact]
    public async Task OpenAsync_ABlobWhoseContentIsAnothers_IsRefusedAndNamed()
    {
        var store = (await OpenAsync(options => options)).Store;
        var name = new string('a', 64);
        await PutAsync(name, Bytes(200_000));

        var error = await Assert.ThrowsAsync<InvalidDataException>(
            async () => await store.OpenAsync(name, CancellationToken.None));

        Assert.Contains($"blob {name} is damaged", error.Message, StringComparison.Ordinal);
        Assert.Contains(_container, error.Message, StringComparison.Ordinal);
    }

    [AzuriteFact]
    public async Task Commit_WhereATornBlobHasTheName_RepairsIt()
    {
        var store = (await OpenAsync(options => options)).Store;
        var name = await WriteAsync(store, Bytes(200_000));
        await PutAsync(name, Bytes(100_000));

        await WriteAsync(store, Bytes(200_000));

        using var reader = await (await OpenAsync(options => options)).Store.OpenAsync(name, CancellationToken.None);
        Assert.Equal(Bytes(200_000), ReadAll(reader!));
    }

    [AzuriteFact]
    public async Task OpenAsync_WithADamagedCopy_FetchesTheBlobAgain()
    {
        var store = (await OpenAsync(options => options)).Store;
        var name = await WriteAsync(store, Bytes(1000));
        var folder = Directory.CreateTempSubdirectory("fed-azure-");
        var copy = Directory.CreateDirectory(Path.Combine(folder.FullName, name[..2]));
        await File.WriteAllBytesAsync(Path.Combine(copy.FullName, name), Bytes(1000, seed: 8));

        using (var other = await AzureTestStore.OpenAsync(Options with { CacheFolder = folder.FullName }))
        {
            using var reader = await other.Store.OpenAsync(name, CancellationToken.None);
            Assert.Equal(Bytes(1000), ReadAll(reader!));
        }

        folder.Delete(recursive: true);
    }

    [AzuriteFact]
    public async Task Cache_BeyondItsBound_DropsTheLeastRecentlyUsedButNotFromItsReaders()
    {
        var store = await OpenAsync(options => options with { CacheBytes = 1 << 20 });
        var names = new List<string> { await WriteAsync(store.Store, Bytes(400_000, 0)) };
        using var first = await store.Store.OpenAsync(names[0], CancellationToken.None);
        for (var seed = 1; seed < 6; seed++)
            names.Add(await WriteAsync(store.Store, Bytes(400_000, seed)));

        var kept = Directory.GetFiles(store.CacheFolder, "*", SearchOption.AllDirectories)
            .Select(Path.GetFileName).Where(name => name!.Length == 64);

        Assert.Equal(names[4..].Order(), kept.Order());
        Assert.Equal(Bytes(400_000, 0), ReadAll(first!));
        using var again = await store.Store.OpenAsync(names[1], CancellationToken.None);
        Assert.Equal(Bytes(400_000, 1), ReadAll(again!));
    }

    [AzuriteFact]
    public async Task OpenAsync_ABlobLargerThanTheCache_IsReadAllTheSame()
    {
        var name = await WriteAsync((await OpenAsync(options => options)).Store, Bytes(2_000_000));
        var small = await OpenAsync(options => options with { CacheBytes = 1 << 20 });

        using var reader = await small.Store.OpenAsync(name, CancellationToken.None);

        Assert.Equal(Bytes(2_000_000), ReadAll(reader!));
    }

    [AzuriteFact]
    public async Task Open_WithAWrongKey_SaysSoAtOnceWithoutTheKey()
    {
        var key = Convert.ToBase64String(Bytes(64, seed: 99));
        var connection = AzureConnection.Parse(azurite.Process.ConnectionStringWith(key));
        var log = new RetryLog();

        var error = await Assert.ThrowsAsync<RemoteStorageException>(
            () => AzureTestStore.OpenAsync(Options with { Connection = connection }, logger: log));

        Assert.Contains("403", error.Message, StringComparison.Ordinal);
        Assert.Contains("AccountKey", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(log.Lines);
    }

    [AzuriteFact]
    public override Task Commit_SomeBytes_AreReadUnderTheirHash() => base.Commit_SomeBytes_AreReadUnderTheirHash();

    [AzuriteFact]
    public override Task Commit_NoBytes_IsABlobToo() => base.Commit_NoBytes_IsABlobToo();

    [AzuriteFact]
    public override Task Commit_TheSameBytesTwice_KeepsOneBlobAndItsReaders() =>
        base.Commit_TheSameBytesTwice_KeepsOneBlobAndItsReaders();

    [AzuriteFact]
    public override Task Commit_OfTheSameBytesByMany_AgreesOnOneBlob() =>
        base.Commit_OfTheSameBytesByMany_AgreesOnOneBlob();

    [AzuriteFact]
    public override Task RemoveAsync_ABlobThatIsRead_IsGoneForOthersOnly() =>
        base.RemoveAsync_ABlobThatIsRead_IsGoneForOthersOnly();

    [AzuriteFact]
    public override Task RemoveAsync_CommittedBeforeATime_GoesByTheLastCommit() =>
        base.RemoveAsync_CommittedBeforeATime_GoesByTheLastCommit();

    [AzuriteFact]
    public override Task Dispose_WithoutCommit_LeavesNothing() => base.Dispose_WithoutCommit_LeavesNothing();

    [AzuriteFact]
    public override Task OpenAsync_NoSuchBlobOrNoName_ReturnsNull() => base.OpenAsync_NoSuchBlobOrNoName_ReturnsNull();

    [AzuriteFact]
    public override Task Write_BeyondTheLimit_IsRefusedAndLeavesNothing() =>
        base.Write_BeyondTheLimit_IsRefusedAndLeavesNothing();

    [AzuriteFact]
    public override Task Read_BeyondTheEnd_Throws() => base.Read_BeyondTheEnd_Throws();

    [AzuriteFact]
    public override Task ListAsync_NamesWhatIsCommittedWithItsLength() =>
        base.ListAsync_NamesWhatIsCommittedWithItsLength();

    protected override async Task<IBlobStore> OpenAsync(long maxBlobBytes) =>
        (await OpenAsync(options => options with { MaxBlobBytes = maxBlobBytes })).Store;

    private AzureBlobOptions Options => AzureTestStore.Options(azurite.Process.Connection, _container);

    private async Task<AzureTestStore> OpenAsync(Func<AzureBlobOptions, AzureBlobOptions> change)
    {
        var store = await AzureTestStore.OpenAsync(change(Options));
        _stores.Add(store);
        return store;
    }

    private static AzureBlobOptions AsBuilt(AzureBlobOptions options) =>
        AzureTestStore.Options(options.Connection, options.Container) with { BlockBytes = 4 << 20 };

    private AzureContainer Container => new(Options, TimeProvider.System, NullLogger.Instance);

    /// <summary>Any bytes under any name, as a fault of the storage would leave them.</summary>
    private Task<bool> PutAsync(string name, byte[] bytes) =>
        Container.PutBlobAsync($"{name[..2]}/{name}", bytes, replace: true, CancellationToken.None);
}
