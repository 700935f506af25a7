using System.Security.Cryptography;
using Fed.Contracts.Storage;
using Fed.Simulation.Engine;

namespace Fed.Simulation.Storage;

/// <summary>One process' way to the blobs. What is not committed when it dies is gone.</summary>
internal sealed class SimulatedBlobStore(
    EventQueue events, SimulatedDisk disk, FaultPlan faults, Func<bool> isAlive) : IBlobStore
{
    public ValueTask<IBlobWriter> CreateAsync(CancellationToken cancellationToken) => new(new Writer(this));

    public async ValueTask<IBlobReader?> OpenAsync(string sha256, CancellationToken cancellationToken)
    {
        if (faults.BlobFails())
            await FailAsync("open");
        return disk.Blobs.TryGetValue(sha256, out var bytes) ? new MemoryBlob(bytes) : null;
    }

    public ValueTask<bool> RemoveAsync(
        string sha256, DateTimeOffset? committedBefore, CancellationToken cancellationToken) =>
        new(disk.Remove(sha256, committedBefore));

    public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancellationToken) => disk.List();

    private async Task FailAsync(string operation)
    {
        await events.Delay(faults.Latency(), operation);
        throw new IOException($"{operation}: the blob store failed (simulated)");
    }

    /// <summary>Durable at one moment, acknowledged at a later one; or not, or not acknowledged.</summary>
    private Task<string> CommitAsync(byte[] bytes, string sha256)
    {
        var done = new TaskCompletionSource<string>();
        var fails = faults.BlobFails();
        var lost = faults.AcknowledgementLost();
        events.After(faults.Latency(), "commit", () =>
        {
            if (!isAlive())
                return;
            if (!fails)
                disk.Commit(sha256, bytes, events.Now);
            if (fails || lost)
                events.Trace.Note($"commit of a blob {(fails ? "fails" : "is not acknowledged")}");
            events.After(faults.Latency(), "committed", () =>
            {
                if (!isAlive())
                    return;
                if (fails || lost)
                    done.SetException(new IOException("commit: the blob store failed (simulated)"));
                else
                    done.SetResult(sha256);
            });
        });
        return done.Task;
    }

    private sealed class Writer(SimulatedBlobStore store) : IBlobWriter
    {
        private readonly MemoryStream _bytes = new();

        public Stream Stream => _bytes;

        public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(_bytes.GetBuffer().AsSpan(0, (int)_bytes.Length)));

        public ValueTask<string> CommitAsync(CancellationToken cancellationToken) =>
            new(store.CommitAsync(_bytes.ToArray(), Sha256));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
