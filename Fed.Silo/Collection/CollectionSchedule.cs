using Fed.Contracts.Collection;
using Fed.Grains.Collection;
using Fed.Silo.Hosting;

namespace Fed.Silo.Collection;

/// <summary>
/// Gives up old versions and collects blobs every hour, if the silo is to keep only so many. Several silos may do so at
/// once.
/// </summary>
internal sealed class CollectionSchedule(
    SiloOptions options, BlobCollector collector, TimeProvider clock, ILogger<CollectionSchedule> logger)
    : BackgroundService
{
    public static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private readonly PeriodicTimer? _timer = options.KeepVersions == 0 ? null : new PeriodicTimer(Every, clock);

    public override void Dispose()
    {
        _timer?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (_timer is not null && await _timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var request = new CollectionRequest
                {
                    Keep = options.KeepVersions,
                    By = "silo",
                    Reason = $"the silo keeps {options.KeepVersions} versions",
                };
                await collector.RunAsync(request, stoppingToken);
            }
#pragma warning disable CA1031 // Whatever failed is logged, and tried again the next hour.
            catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
            {
                Log.CollectionFailed(logger, error, Every);
            }
        }
    }
}
