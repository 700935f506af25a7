using Fed.Contracts.Refusals;
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
/// The store of blobs, likewise: a blob is created, made durable, opened or removed. What is read of one that is open is
/// not measured; of what is written to a new one, only failures are counted (<c>write</c>).
/// </summary>
internal sealed class MeteredBlobStore(IBlobStore inner, FedMetrics metrics, TimeProvider time) : IBlobStore
{
    private readonly FedMetrics _metrics = metrics;

    public async ValueTask<IBlobWriter> CreateAsync(CancellationToken cancellationToken) =>
        new Writer(await MeasureAsync("create", () => inner.CreateAsync(cancellationToken)), this);

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
            _metrics.Stored("blobs", operation, outcome, time.GetElapsedTime(since));
        }
    }

    private sealed class Writer(IBlobWriter inner, MeteredBlobStore store) : IBlobWriter
    {
        public Stream Stream { get; } = new BlobBody(inner.Stream, store);

        public string Sha256 => inner.Sha256;

        public ValueTask<string> CommitAsync(CancellationToken cancellationToken) =>
            store.MeasureAsync("commit", () => inner.CommitAsync(cancellationToken));

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    /// <summary>Counts what fails; nothing is between it and the blob's own stream else.</summary>
    private sealed class BlobBody(Stream inner, MeteredBlobStore store) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => inner.CanSeek;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                inner.Write(buffer);
            }
            catch (Exception error) when (Counted(error))
            {
                throw;
            }
        }

        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                await inner.WriteAsync(buffer, cancellationToken);
            }
            catch (Exception error) when (Counted(error))
            {
                throw;
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override Task WriteAsync(
            byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) =>
            throw new NotSupportedException("a blob in the making is not read");

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void SetLength(long value) => inner.SetLength(value);

        /// <summary>Counts it, unless the caller has given up or sent too much; it is thrown on in any case.</summary>
        private bool Counted(Exception error)
        {
            if (error is not (OperationCanceledException or RefusedException))
                store._metrics.Stored("blobs", "write", "error", TimeSpan.Zero);
            return false;
        }
    }
}
