using System.Threading.Channels;
using Fed.Contracts.Storage;
using Fed.Grains.Collection;
using Fed.Grains.Versions;
using Fed.Silo.Collection;
using Fed.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans;

namespace Fed.Tests.Silo.Collection;

/// <summary>Collections that nobody orders, on a real silo.</summary>
public sealed class CollectionScheduleTests
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow().AddHours(2));

    [Fact]
    public async Task ExecuteAsync_EveryHour_RemovesWhatNothingNeeds()
    {
        await using var silo = await TestSilo.StartAsync();
        await silo.PutSettingsAsync(TestSilo.Settings(), TestSilo.Federation);
        var needed = silo.BlobFiles();
        var blobs = silo.Host.Services.GetRequiredService<IBlobStore>();
        await WriteAsync(blobs, 1);
        var log = new Collected();
        using var collector = new BlobCollector(
            silo.Host.Services.GetRequiredService<IGrainFactory>(),
            silo.Host.Services.GetRequiredService<ManifestStore>(),
            blobs,
            _time,
            log);
        using var schedule = Schedule(silo.Options with { KeepVersions = 1 }, collector);

        await schedule.StartAsync(CancellationToken.None);
        _time.Advance(CollectionSchedule.Every);
        await log.NextAsync();
        Assert.Equal(needed, silo.BlobFiles());

        await WriteAsync(blobs, 2);
        _time.Advance(CollectionSchedule.Every);
        await log.NextAsync();
        Assert.Equal(needed, silo.BlobFiles());
        await schedule.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task ExecuteAsync_AllVersionsAreKept_EndsAtOnce()
    {
        await using var silo = await TestSilo.StartAsync();
        using var schedule = Schedule(silo.Options, silo.Host.Services.GetRequiredService<BlobCollector>());

        await schedule.StartAsync(CancellationToken.None);

        await schedule.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private CollectionSchedule Schedule(SiloOptions options, BlobCollector collector) =>
        new(options, collector, _time, NullLogger<CollectionSchedule>.Instance);

    private static async Task WriteAsync(IBlobStore blobs, byte content)
    {
        await using var blob = await blobs.CreateAsync(CancellationToken.None);
        blob.Stream.WriteByte(content);
        await blob.CommitAsync(CancellationToken.None);
    }

    /// <summary>Tells of each collection that has ended.</summary>
    private sealed class Collected : ILogger<BlobCollector>
    {
        private readonly Channel<string> _ended = Channel.CreateUnbounded<string>();

        public Task<string> NextAsync() => _ended.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _ended.Writer.TryWrite(formatter(state, exception));
    }
}
