using System.Security.Cryptography;
using Fed.Contracts.Storage;
using Fed.Silo.Storage;

namespace Fed.Tests.Silo.Blobs;

public sealed class FileBlobStoreTests : BlobStoreContract, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fed-blobs-").FullName;
    private FileBlobStore? _store;

    public void Dispose()
    {
        _store?.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Commit_SomeBytes_IsAFileNamedByItsHash()
    {
        var bytes = Bytes(300_000);

        var sha256 = await WriteAsync(Open(), bytes);

        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(_root, sha256[..2], sha256)));
        Assert.Equal([sha256], Files());
    }

    [Fact]
    public async Task Commit_ABlobThatIsWrittenOutOnTheWay_KeepsEveryByte()
    {
        var bytes = Bytes(20_000_000);
        await using var writer = await Open().CreateAsync(CancellationToken.None);
        foreach (var piece in bytes.Chunk(300_000))
            await writer.Stream.WriteAsync(piece);

        var sha256 = await writer.CommitAsync(CancellationToken.None);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), sha256);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(_root, sha256[..2], sha256)));
    }

    [Fact]
    public async Task Dispose_WithoutCommit_LeavesNoFile()
    {
        await using (var writer = await Open().CreateAsync(CancellationToken.None))
        {
            await writer.Stream.WriteAsync(Bytes(100));
            Assert.Single(Files());
        }

        Assert.Empty(Files());
    }

    [Fact]
    public async Task Commit_WhileTheFolderIsAway_FailsAndLeavesNothingOnceItIsBack()
    {
        var store = Open();
        var known = await WriteAsync(store, Bytes(10));
        await using (var writer = await store.CreateAsync(CancellationToken.None))
        {
            await writer.Stream.WriteAsync(Bytes(100));
            Away(() => Assert.ThrowsAsync<StorageUnavailableException>(
                async () => await writer.CommitAsync(CancellationToken.None)).GetAwaiter().GetResult());
            Away(() => writer.DisposeAsync().AsTask().GetAwaiter().GetResult());
        }

        await WriteAsync(store, Bytes(200));

        Assert.Equal(2, Files().Length);
        Assert.Contains(known, Files());
    }

    [Fact]
    public async Task OpenAsync_WhileTheFolderIsAway_DoesNotSayThatThereIsNoSuchBlob()
    {
        var store = Open();
        var known = await WriteAsync(store, Bytes(10));

        var error = Away(() => Record.Exception(
            () => store.OpenAsync(known, CancellationToken.None).AsTask().GetAwaiter().GetResult()));

        Assert.Equal(StorageFault.Away, Assert.IsType<StorageUnavailableException>(error).Fault);
        Assert.Null(await store.OpenAsync(new string('a', 64), CancellationToken.None));
    }

    [Fact]
    public async Task Open_AfterACrash_RemovesWhatWasHalfWritten()
    {
        string committed;
        using (var store = Open())
        {
            committed = await WriteAsync(store, Bytes(10));
            // What a killed process leaves: a temporary file that nobody disposes.
            await File.WriteAllBytesAsync(Path.Combine(_root, "tmp", "00000000000000ff"), Bytes(5));
        }

        Open();

        Assert.Equal([committed], Files());
    }

    [Fact]
    public async Task ListAsync_WhileWhatItNamesIsRemoved_GoesOn()
    {
        var store = Open();
        for (var seed = 0; seed < 20; seed++)
            await WriteAsync(store, Bytes(10, seed));

        await foreach (var blob in store.ListAsync(CancellationToken.None))
            await store.RemoveAsync(blob.Sha256, committedBefore: null, CancellationToken.None);

        Assert.Empty(Files());
    }

    [Fact]
    public void Open_WhileAnotherOwnsTheFolder_IsRefused()
    {
        Open();

        var refused = Assert.Throws<FolderInUseException>(
            () => new FileBlobStore(new FileBlobOptions { Root = _root }));

        Assert.Contains(_root, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1 << 20, "root")]
    [InlineData("x", 5, "maxBlobBytes is 5")]
    public void Options_OutOfRange_NamePropertyAndValue(string root, long maxBytes, string said)
    {
        var options = new FileBlobOptions { Root = root, MaxBlobBytes = maxBytes };

        var error = Assert.Throws<ArgumentException>(options.Validate);

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    protected override Task<IBlobStore> OpenAsync(long maxBlobBytes) => Task.FromResult<IBlobStore>(Open(maxBlobBytes));

    private FileBlobStore Open(long maxBlobBytes = 1 << 30) =>
        _store = new FileBlobStore(new FileBlobOptions { Root = _root, MaxBlobBytes = maxBlobBytes });

    private string[] Files() => Directory.GetFiles(_root, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetFileName(path)!)
        .Where(name => !name.EndsWith(".lock", StringComparison.Ordinal))
        .ToArray();

    private void Away(Action act) => Away(() =>
    {
        act();
        return true;
    });

    /// <summary>Meanwhile the store's folder is another one, and empty, as where nothing is mounted.</summary>
    private T Away<T>(Func<T> act)
    {
        Directory.Move(_root, _root + "-away");
        Directory.CreateDirectory(_root);
        try
        {
            return act();
        }
        finally
        {
            Directory.Delete(_root, recursive: true);
            Directory.Move(_root + "-away", _root);
        }
    }
}
