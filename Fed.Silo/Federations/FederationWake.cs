using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Orleans;

namespace Fed.Silo.Federations;

/// <summary>
/// Actors sleep until they are called. After a restart deadlines and interrupted folds should not wait for that; and an
/// aggregator that nobody calls, since its participants are away or its silo was lost, should still be seen in the
/// metrics. So every silo calls those of all federations that go on, at its start and every minute.
/// </summary>
internal sealed class FederationWake(
    FederationDirectory federations, IGrainFactory grains, TimeProvider time, ILogger<FederationWake> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>One that cannot be woken delays nobody else.</summary>
    public async Task WakeAllAsync(CancellationToken cancellationToken)
    {
        var index = grains.GetGrain<IFederationIndexGrain>(IFederationIndexGrain.Key);
        foreach (var name in await index.List().WaitAsync(cancellationToken))
        {
            try
            {
                await WakeAsync(name).WaitAsync(cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                Log.FederationAsleep(logger, error, name);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await WakeAllAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // A call that is cancelled by something else, such as a runtime that has stopped, is one that failed.
                Log.FederationAsleep(logger, error, "*");
            }
        }
    }

    private async Task WakeAsync(string federation)
    {
        // Who asks an aggregator for something makes it begin.
        var global = await grains.GetGrain<IGlobalAggregatorGrain>(federation).GetView();
        if (global.Finished)
            return;
        var profile = await federations.GetAsync(federation);
        await Task.WhenAll(profile.Clusters.Select(cluster => grains
            .GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(federation, cluster)).Start()));
    }
}
