using Fed.Contracts.Storage;
using Fed.Silo.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Fed.Tests.Silo.Storage;

/// <summary>What health says of storage: looked at, but not by everybody who asks.</summary>
public sealed class StorageProbeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-probe-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task CheckAsync_StorageThatComesBack_IsSeenAfterAWhile()
    {
        var clock = new FakeTimeProvider();
        using var store = new FileBlobStore(new FileBlobOptions { Root = _folder });
        var probe = new StorageProbe(store, clock);
        var blobs = Path.Combine(_folder, "tmp");
        await probe.CheckAsync();
        Directory.Delete(blobs, recursive: true);

        await probe.CheckAsync();
        clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<StorageUnavailableException>(probe.CheckAsync);
        Directory.CreateDirectory(blobs);
        await Assert.ThrowsAsync<StorageUnavailableException>(probe.CheckAsync);
        clock.Advance(TimeSpan.FromSeconds(2));
        await probe.CheckAsync();

        // But for the lock of the process's own folder.
        var left = Directory.EnumerateFiles(blobs, "*", SearchOption.AllDirectories).Select(Path.GetFileName);
        Assert.Equal([".lock"], left);
    }

    [Fact]
    public async Task CheckAsync_ManyAtOnce_LookOnceAndEndWithTheLimit()
    {
        var clock = new FakeTimeProvider();
        var store = new SilentStore();
        var probe = new StorageProbe(store, clock);

        var checks = Enumerable.Range(0, 20).Select(_ => probe.CheckAsync()).ToArray();
        await store.Asked;
        clock.Advance(TimeSpan.FromSeconds(4));

        foreach (var check in checks)
            await Assert.ThrowsAsync<StorageUnavailableException>(() => check);
        Assert.Equal(1, store.Calls);
    }

    /// <summary>It never answers.</summary>
    private sealed class SilentStore : IBlobStore
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public int Calls { get; private set; }

        public async ValueTask<IBlobWriter> CreateAsync(CancellationToken cancellationToken)
        {
            Calls++;
            _asked.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("it was to be cancelled");
        }

        public ValueTask<IBlobReader?> OpenAsync(string sha256, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<bool> RemoveAsync(
            string sha256, DateTimeOffset? committedBefore, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
