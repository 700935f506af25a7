using System.Security.Cryptography;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;

namespace Fed.Tests.Silo.Blobs;

/// <summary>What every blob store does, wherever it keeps its bytes. Each test has a store of its own.</summary>
public abstract class BlobStoreContract
{
    /// <summary>More than one block of the stores under test.</summary>
    private const int Large = 300_000;

    protected abstract Task<IBlobStore> OpenAsync(long maxBlobBytes = 1 << 30);

    [Fact]
    public virtual async Task Commit_SomeBytes_AreReadUnderTheirHash()
    {
        var store = await OpenAsync();
        var bytes = Bytes(Large);

        var sha256 = await WriteAsync(store, bytes);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), sha256);
        using var reader = await store.OpenAsync(sha256, CancellationToken.None);
        var part = new byte[1000];
        reader!.Read(299_000, part);
        Assert.Equal(bytes[299_000..], part);
        Assert.Equal(Large, reader.Length);
    }

    [Fact]
    public virtual async Task Commit_NoBytes_IsABlobToo()
    {
        var store = await OpenAsync();

        using var reader = await store.OpenAsync(await WriteAsync(store, []), CancellationToken.None);

        Assert.Equal(0, reader!.Length);
    }

    [Fact]
    public virtual async Task Commit_TheSameBytesTwice_KeepsOneBlobAndItsReaders()
    {
        var store = await OpenAsync();
        var first = await WriteAsync(store, Bytes(Large));
        using var reader = await store.OpenAsync(first, CancellationToken.None);

        var second = await WriteAsync(store, Bytes(Large));

        Assert.Equal(first, second);
        Assert.Equal(Bytes(Large), ReadAll(reader!));
        Assert.Equal([first], await NamesAsync(store));
    }

    [Fact]
    public virtual async Task Commit_OfTheSameBytesByMany_AgreesOnOneBlob()
    {
        var store = await OpenAsync();

        var names = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => WriteAsync(store, Bytes(Large)))));

        var name = Assert.Single(names.Distinct());
        Assert.Equal([name], await NamesAsync(store));
        using var reader = await store.OpenAsync(name, CancellationToken.None);
        Assert.Equal(Bytes(Large), ReadAll(reader!));
    }

    [Fact]
    public virtual async Task RemoveAsync_ABlobThatIsRead_IsGoneForOthersOnly()
    {
        var store = await OpenAsync();
        var name = await WriteAsync(store, Bytes(100));
        using var reader = await store.OpenAsync(name, CancellationToken.None);

        Assert.True(await store.RemoveAsync(name, committedBefore: null, CancellationToken.None));
        Assert.True(await store.RemoveAsync(name, committedBefore: null, CancellationToken.None));
        Assert.True(await store.RemoveAsync("../" + name, committedBefore: null, CancellationToken.None));

        Assert.Null(await store.OpenAsync(name, CancellationToken.None));
        Assert.Equal(Bytes(100), ReadAll(reader!));
        Assert.Empty(await NamesAsync(store));
    }

    [Fact]
    public virtual async Task RemoveAsync_CommittedBeforeATime_GoesByTheLastCommit()
    {
        var store = await OpenAsync();
        var name = await WriteAsync(store, Bytes(100));
        var first = await ModifiedAsync(store, name);

        Assert.False(await store.RemoveAsync(name, first, CancellationToken.None));
        while (await ModifiedAsync(store, name) < first.AddSeconds(1))
            await WriteAsync(store, Bytes(100));
        Assert.False(await store.RemoveAsync(name, first.AddSeconds(1), CancellationToken.None));
        Assert.Equal([name], await NamesAsync(store));
        Assert.True(await store.RemoveAsync(name, TimeProvider.System.GetUtcNow().AddHours(1), CancellationToken.None));
        Assert.True(await store.RemoveAsync(name, first, CancellationToken.None));

        Assert.Empty(await NamesAsync(store));
    }

    [Fact]
    public virtual async Task Dispose_WithoutCommit_LeavesNothing()
    {
        var store = await OpenAsync();
        string name;

        await using (var writer = await store.CreateAsync(CancellationToken.None))
        {
            await writer.Stream.WriteAsync(Bytes(Large));
            name = writer.Sha256;
            Assert.Empty(await NamesAsync(store));
        }

        Assert.Null(await store.OpenAsync(name, CancellationToken.None));
        Assert.Empty(await NamesAsync(store));
    }

    [Fact]
    public virtual async Task OpenAsync_NoSuchBlobOrNoName_ReturnsNull()
    {
        var store = await OpenAsync();
        string[] names =
        [
            "",
            "../../../../etc/passwd",
            "ABCDEFabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcd",
            "0000000000000000000000000000000000000000000000000000000000000000",
        ];

        foreach (var name in names)
            Assert.Null(await store.OpenAsync(name, CancellationToken.None));
    }

    [Fact]
    public virtual async Task Write_BeyondTheLimit_IsRefusedAndLeavesNothing()
    {
        var store = await OpenAsync(maxBlobBytes: 1024);

        await using (var writer = await store.CreateAsync(CancellationToken.None))
        {
            await writer.Stream.WriteAsync(Bytes(1024));
            var refused = Assert.Throws<RefusedException>(() => writer.Stream.WriteByte(1));
            Assert.Equal(RefusalCode.UpdateTooLarge, refused.Code);
        }

        Assert.Empty(await NamesAsync(store));
    }

    [Fact]
    public virtual async Task Read_BeyondTheEnd_Throws()
    {
        var store = await OpenAsync();
        using var reader = await store.OpenAsync(await WriteAsync(store, Bytes(10)), CancellationToken.None);

        Assert.Throws<EndOfStreamException>(() => reader!.Read(5, new byte[6]));
    }

    [Fact]
    public virtual async Task ListAsync_NamesWhatIsCommittedWithItsLength()
    {
        var store = await OpenAsync();
        var lengths = new[] { 1, 20, 300, Large };
        foreach (var length in lengths)
            await WriteAsync(store, Bytes(length));
        await using var writer = await store.CreateAsync(CancellationToken.None);
        await writer.Stream.WriteAsync(Bytes(5));

        var blobs = await store.ListAsync(CancellationToken.None).ToArrayAsync();

        Assert.Equal(lengths, blobs.Select(blob => (int)blob.Bytes).Order());
        Assert.All(blobs, blob =>
        {
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Bytes((int)blob.Bytes))), blob.Sha256);
            Assert.Equal(TimeSpan.Zero, blob.Modified.Offset);
            Assert.True(blob.Modified.Year >= 2026, $"{blob.Modified}");
        });
    }

    internal static byte[] Bytes(int count, int seed = 7)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    internal static byte[] ReadAll(IBlobReader reader)
    {
        var all = new byte[reader.Length];
        reader.Read(0, all);
        return all;
    }

    internal static async Task<string> WriteAsync(IBlobStore store, byte[] bytes)
    {
        await using var writer = await store.CreateAsync(CancellationToken.None);
        await writer.Stream.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
        await writer.Stream.WriteAsync(bytes.AsMemory(bytes.Length / 2));
        return await writer.CommitAsync(CancellationToken.None);
    }

    private static async Task<DateTimeOffset> ModifiedAsync(IBlobStore store, string name) =>
        await store.ListAsync(CancellationToken.None)
            .Where(blob => blob.Sha256 == name).Select(blob => blob.Modified).FirstAsync();

    internal static async Task<string[]> NamesAsync(IBlobStore store) =>
        await store.ListAsync(CancellationToken.None).Select(blob => blob.Sha256).ToArrayAsync();
}
