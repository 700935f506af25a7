using System.Diagnostics.Metrics;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Grains.Telemetry;
using Fed.Silo.Storage;
using Fed.Silo.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Fed.Tests.Silo.Telemetry;

public sealed class MeteredStorageTests : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly MeterListener _listener = new();
    private readonly List<string> _measured = [];

    public MeteredStorageTests()
    {
        var services = new ServiceCollection();
        FedMetrics.AddTo(services);
        _services = services.BuildServiceProvider();
        var factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory && instrument.Name == "fedhier.storage.duration")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, tags, _) => _measured.Add(
            string.Join(' ', tags.ToArray().Select(tag => tag.Value))));
        _listener.Start();
    }

    private FedMetrics Metrics => _services.GetRequiredService<FedMetrics>();

    [Fact]
    public async Task State_ThatIsWritten_IsMeasuredByItsOutcome()
    {
        var inner = new Storage();
        var storage = new MeteredGrainStorage(inner, Metrics, TimeProvider.System);

        await storage.ReadStateAsync("s", default, new GrainState<string>());
        inner.Failure = new InconsistentStateException("raced");
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => storage.WriteStateAsync("s", default, new GrainState<string>()));
        inner.Failure = new IOException("full");
        await Assert.ThrowsAsync<IOException>(() => storage.ClearStateAsync("s", default, new GrainState<string>()));

        Assert.Equal(["state read ok", "state write conflict", "state clear error"], _measured);
    }

    [Fact]
    public async Task Blobs_ThatAreOpenedAndCommitted_AreMeasuredByTheirOutcome()
    {
        var inner = new Blobs();
        var store = new MeteredBlobStore(inner, Metrics, TimeProvider.System);

        await store.OpenAsync("", CancellationToken.None);
        await using (var writer = await store.CreateAsync(CancellationToken.None))
        {
            writer.Stream.Write([1, 2]);
            await writer.Stream.WriteAsync(new byte[] { 3 });
            Assert.Equal([1, 2, 3], inner.Written);
            await writer.CommitAsync(CancellationToken.None);
        }

        inner.Failure = new OperationCanceledException();
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => store.OpenAsync("", CancellationToken.None).AsTask());
        inner.Failure = new IOException("gone");
        await Assert.ThrowsAsync<IOException>(
            () => store.RemoveAsync("", null, CancellationToken.None).AsTask());

        Assert.Equal(
            ["blobs open ok", "blobs create ok", "blobs commit ok", "blobs open cancelled", "blobs remove error"],
            _measured);
    }

    /// <summary>As on a full disk: a blob can be begun there, and nothing comes to its commit.</summary>
    [Fact]
    public async Task Blob_ThatCannotBeWritten_IsAnError()
    {
        var inner = new Blobs();
        var store = new MeteredBlobStore(inner, Metrics, TimeProvider.System);
        await using var writer = await store.CreateAsync(CancellationToken.None);

        inner.Failure = new StorageUnavailableException("full", null);
        Assert.Throws<StorageUnavailableException>(() => writer.Stream.Write([1]));
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => writer.Stream.WriteAsync(new byte[] { 1 }).AsTask());
        inner.Failure = new RefusedException(RefusalCode.UpdateTooLarge, "too large", "send less");
        Assert.Throws<RefusedException>(() => writer.Stream.Write([1]));
        inner.Failure = new OperationCanceledException();
        Assert.Throws<OperationCanceledException>(() => writer.Stream.Write([1]));

        Assert.Equal(["blobs create ok", "blobs write error", "blobs write error"], _measured);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private sealed class Storage : IGrainStorage
    {
        public Exception? Failure { get; set; }

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => AnswerAsync();

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => AnswerAsync();

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => AnswerAsync();

        private Task AnswerAsync() => Failure is null ? Task.CompletedTask : Task.FromException(Failure);
    }

    private sealed class Blobs : IBlobStore, IBlobWriter
    {
        public Exception? Failure { get; set; }

        public Stream Stream => new Failing(this);

        public List<byte> Written { get; } = [];

        public string Sha256 => "";

        public ValueTask<IBlobWriter> CreateAsync(CancellationToken cancellationToken) => new(this);

        public ValueTask<IBlobReader?> OpenAsync(string sha256, CancellationToken cancellationToken) =>
            Failure is null ? new((IBlobReader?)null) : throw Failure;

        public ValueTask<bool> RemoveAsync(
            string sha256, DateTimeOffset? committedBefore, CancellationToken cancellationToken) =>
            Failure is null ? new(true) : throw Failure;

        public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancellationToken) =>
            AsyncEnumerable.Empty<BlobInfo>();

        public ValueTask<string> CommitAsync(CancellationToken cancellationToken) => new("");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Failing(Blobs blobs) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (blobs.Failure is { } failure)
                throw failure;
            blobs.Written.AddRange(buffer);
        }

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}
