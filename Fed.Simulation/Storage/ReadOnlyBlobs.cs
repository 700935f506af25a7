using Fed.Contracts.Storage;
using Fed.Folding;

namespace Fed.Simulation.Storage;

/// <summary>The blobs without any fault; what is written is hashed and forgotten.</summary>
internal sealed class ReadOnlyBlobs(SimulatedDisk disk) : IBlobStore
{
    public ValueTask<IBlobWriter> CreateAsync(CancellationToken cancellationToken) => new(new DiscardingWriter());

    public ValueTask<IBlobReader?> OpenAsync(string sha256, CancellationToken cancellationToken) =>
        new(disk.Blobs.TryGetValue(sha256, out var bytes) ? new MemoryBlob(bytes) : null);

    public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancellationToken) => disk.List();

    public ValueTask<bool> RemoveAsync(
        string sha256, DateTimeOffset? committedBefore, CancellationToken cancellationToken) => new(false);
}
