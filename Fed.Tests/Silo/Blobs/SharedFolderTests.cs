using Fed.Contracts.Storage;
using Fed.Silo.Storage;

namespace Fed.Tests.Silo.Blobs;

/// <summary>One folder of blobs, several silos: here several stores, between which the locks hold as well.</summary>
public sealed class SharedFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fed-blobs-").FullName;
    private readonly List<FileBlobStore> _stores = [];

    private string[] TemporaryFolders => Directory.GetDirectories(Path.Combine(_root, "tmp"));

    public void Dispose()
    {
        _stores.ForEach(store => store.Dispose());
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Open_WhileAnotherWrites_LeavesItsFilesAlone()
    {
        var first = Open();
        await using var writer = await first.CreateAsync(CancellationToken.None);
        await writer.Stream.WriteAsync(BlobStoreContract.Bytes(1000));

        var second = Open();

        var sha256 = await writer.CommitAsync(CancellationToken.None);
        using var reader = await second.OpenAsync(sha256, CancellationToken.None);
        Assert.Equal(BlobStoreContract.Bytes(1000), BlobStoreContract.ReadAll(reader!));
        Assert.Equal(2, TemporaryFolders.Length);
    }

    [Fact]
    public void Open_AfterACrash_RemovesTheFoldersOfTheDeadOnly()
    {
        var alive = Open();
        // As a killed process leaves it: its lock went with it.
        var dead = Directory.CreateDirectory(Path.Combine(_root, "tmp", "dead")).FullName;
        File.WriteAllText(Path.Combine(dead, ".lock"), "");
        File.WriteAllText(Path.Combine(dead, "0000000000000001"), "half");

        Open();

        Assert.False(Directory.Exists(dead));
        Assert.True(Directory.Exists(alive.Temporary.Folder));
        Assert.Equal(2, TemporaryFolders.Length);
    }

    [Fact]
    public void Dispose_InOrder_LeavesNoTemporaryFolder()
    {
        new FileBlobStore(Options(shared: true)).Dispose();

        Assert.Empty(TemporaryFolders);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Open_UnlessAllShareIt_IsRefused(bool first, bool second)
    {
        _stores.Add(new FileBlobStore(Options(first)));

        Assert.Throws<FolderInUseException>(() => new FileBlobStore(Options(second)));
    }

    [Fact]
    public async Task Commit_OfTheSameBytesByAllAtOnce_IsOneBlobForAll()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToArray();
        var contents = Enumerable.Range(0, 25).Select(seed => BlobStoreContract.Bytes(5000, seed)).ToArray();

        var names = await Task.WhenAll(stores.Select(store => Task.WhenAll(
            contents.Select(content => Task.Run(() => BlobStoreContract.WriteAsync(store, content))))));

        Assert.All(names, each => Assert.Equal(names[0], each));
        foreach (var (name, content) in names[0].Zip(contents))
            Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(_root, name[..2], name)));
        Assert.All(
            TemporaryFolders,
            folder => Assert.Equal([".lock"], Directory.GetFiles(folder).Select(Path.GetFileName)));
    }

    [Fact]
    public async Task Remove_WhileOthersCommitTheSame_NeverTakesWhatWasCommittedAfterTheLook()
    {
        var (committer, collector) = (Open(), Open());
        var content = BlobStoreContract.Bytes(100);
        var name = await BlobStoreContract.WriteAsync(committer, content);
        using var done = new CancellationTokenSource();
        // Whatever is older than a moment that is long past: only a blob that is aged below is.
        var past = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var collects = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await collector.RemoveAsync(name, past, CancellationToken.None);
        });

        var path = Path.Combine(_root, name[..2], name);
        for (var i = 0; i < 300; i++)
        {
            try
            {
                File.SetLastWriteTimeUtc(path, past.AddHours(-1));
            }
            catch (FileNotFoundException)
            {
                // Collected, as it may be.
            }

            await BlobStoreContract.WriteAsync(committer, content);
            Assert.True(File.Exists(path));
        }

        await done.CancelAsync();
        await collects;
    }

    private FileBlobStore Open()
    {
        var store = new FileBlobStore(Options(shared: true));
        _stores.Add(store);
        return store;
    }

    private FileBlobOptions Options(bool shared) => new() { Root = _root, Shared = shared };
}
