using System.Security.Cryptography;
using Fed.Contracts.Refusals;
using Fed.Silo.Storage;

namespace Fed.Tests.Silo;

public sealed class FileBlobStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fed-blobs-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Commit_SomeBytes_AppearUnderTheirHash()
    {
        using var store = Open();
        var bytes = Bytes(300_000);

        var sha256 = await WriteAsync(store, bytes);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), sha256);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(_root, sha256[..2], sha256)));
        using var reader = await store.OpenAsync(sha256, CancellationToken.None);
        var part = new byte[1000];
        reader!.Read(299_000, part);
        Assert.Equal(bytes[299_000..], part);
        Assert.Equal(300_000, reader.Length);
    }

    [Fact]
    public async Task Commit_TheSameBytesTwice_KeepsOneBlobAndItsReaders()
    {
        using var store = Open();
        var first = await WriteAsync(store, Bytes(100));
        using var reader = await store.OpenAsync(first, CancellationToken.None);

        var second = await WriteAsync(store, Bytes(100));

        Assert.Equal(first, second);
        var all = new byte[100];
        reader!.Read(0, all);
        Assert.Equal(Bytes(100), all);
        Assert.Single(Blobs());
    }

    [Fact]
    public async Task Dispose_WithoutCommit_LeavesNothing()
    {
        using var store = Open();

        await using (var writer = await store.CreateAsync(CancellationToken.None))
        {
            await writer.Stream.WriteAsync(Bytes(100));
            Assert.Single(Blobs());
        }

        Assert.Empty(Blobs());
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

        using var again = Open();

        Assert.Equal([committed], Blobs());
    }

    [Fact]
    public void Open_WhileAnotherOwnsTheFolder_IsRefused()
    {
        using var store = Open();

        var refused = Assert.Throws<FolderInUseException>(() => Open());

        Assert.Contains(_root, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../../../etc/passwd")]
    [InlineData("ABCDEFabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcd")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task OpenAsync_NoSuchBlobOrNoName_ReturnsNull(string name)
    {
        using var store = Open();

        Assert.Null(await store.OpenAsync(name, CancellationToken.None));
    }

    [Fact]
    public async Task Write_BeyondTheLimit_IsRefusedAndLeavesNothing()
    {
        using var store = new FileBlobStore(new FileBlobOptions { Root = _root, MaxBlobBytes = 1024 });

        await using (var writer = await store.CreateAsync(CancellationToken.None))
        {
            await writer.Stream.WriteAsync(Bytes(1024));
            var refused = Assert.Throws<RefusedException>(() => writer.Stream.WriteByte(1));
            Assert.Equal(RefusalCode.UpdateTooLarge, refused.Code);
        }

        Assert.Empty(Blobs());
    }

    [Fact]
    public async Task Read_BeyondTheEnd_Throws()
    {
        using var store = Open();
        using var reader = await store.OpenAsync(await WriteAsync(store, Bytes(10)), CancellationToken.None);

        Assert.Throws<EndOfStreamException>(() => reader!.Read(5, new byte[6]));
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

    private FileBlobStore Open() => new(new FileBlobOptions { Root = _root });

    private string[] Blobs() => Directory.GetFiles(_root, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetFileName(path)!)
        .Where(name => name != ".lock")
        .ToArray();

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private static async Task<string> WriteAsync(FileBlobStore store, byte[] bytes)
    {
        await using var writer = await store.CreateAsync(CancellationToken.None);
        await writer.Stream.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
        await writer.Stream.WriteAsync(bytes.AsMemory(bytes.Length / 2));
        return await writer.CommitAsync(CancellationToken.None);
    }
}
