using Fed.Contracts.Storage;
using Fed.Grains.Telemetry;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Fed.Silo.Telemetry;

/// <summary>The storage of state, whichever it is, with its calls measured.</summary>
internal sealed class MeteredGrainStorage(IGrainStorage inner, FedMetrics metrics, TimeProvider time) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        MeasureAsync("read", inner.ReadStateAsync, stateName, grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        MeasureAsync("write", inner.WriteStateAsync, stateName, grainId, grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        MeasureAsync("clear", inner.ClearStateAsync, stateName, grainId, grainState);

    private async Task MeasureAsync<T>(
        string operation,
        Func<string, GrainId, IGrainState<T>, Task> call,
        string stateName,
        GrainId grainId,
        IGrainState<T> grainState)
    {
        var since = time.GetTimestamp();
        var outcome = "error";
        try
        {
            await call(stateName, grainId, grainState);
            outcome = "ok";
        }
        catch (InconsistentStateException)
        {
            outcome = "conflict";
            throw;
        }
        finally
        {
            metrics.Stored("state", operation, outcome, time.GetElapsedTime(since));
        }
    }
}

/// <summary>
/// The store of blobs, likewise: a blob is opened, or made durable. What is read of one that is open is not measured.
/// </summary>
internal sealed class MeteredBlobStore(IBlobStore inner, FedMetrics metrics, TimeProvider time) : IBlobStore
{
    public async ValueTask<IBlobWriter> CreateAsync(CancellationToken cancellationToken) =>
        new Writer(await inner.CreateAsync(cancellationToken), this);

    public ValueTask<IBlobReader?> OpenAsync(string sha256, CancellationToken cancellationToken) =>
        MeasureAsync("open", () => inner.OpenAsync(sha256, cancellationToken));

    public ValueTask<bool> RemoveAsync(
        string sha256, DateTimeOffset? committedBefore, CancellationToken cancellationToken) =>
        MeasureAsync("remove", () => inner.RemoveAsync(sha256, committedBefore, cancellationToken));

    public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancellationToken) =>
        inner.ListAsync(cancellationToken);

    private async ValueTask<T> MeasureAsync<T>(string operation, Func<ValueTask<T>> call)
    {
        var since = time.GetTimestamp();
        // Who gives up, such as a client that has gone away, is no fault of the store.
        var outcome = "error";
        try
        {
            var result = await call();
            outcome = "ok";
            return result;
        }
        catch (OperationCanceledException)
        {
            outcome = "cancelled";
            throw;
        }
        finally
        {
            metrics.Stored("blobs", operation, outcome, time.GetElapsedTime(since));
        }
    }

    private sealed class Writer(IBlobWriter inner, MeteredBlobStore store) : IBlobWriter
    {
        public Stream Stream => inner.Stream;

        public string Sha256 => inner.Sha256;

        public ValueTask<string> CommitAsync(CancellationToken cancellationToken) =>
            store.MeasureAsync("commit", () => inner.CommitAsync(cancellationToken));

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
