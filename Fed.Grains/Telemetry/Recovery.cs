using Fed.Grains.Persistence;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Fed.Grains.Telemetry;

/// <summary>
/// How long an aggregator was away whose silo was lost or stopped. Its state says which silo wrote it last; the table
/// of silos, whether that one is gone, and when it last said that it lives.
/// </summary>
/// <param name="aggregator">It, for calls of its turns only.</param>
/// <param name="record">Hears of a recovery's duration, once.</param>
internal sealed class Recovery(
    Grain aggregator, IGrainFactory grains, ISiloStatusOracle silos, Action<TimeSpan> record, ILogger logger)
{
    private readonly string _silo = silos.SiloAddress.ToParsableString();
    private BackgroundWork? _work;

    /// <summary>It serves, on this silo. That is asked beside its work: the table may be slow.</summary>
    /// <param name="before">The silo that wrote its state last; null: not known.</param>
    /// <param name="written">When that was, as far as is known.</param>
    /// <param name="now">The moment from which it serves.</param>
    /// <returns>What its next write is to say: this silo.</returns>
    public string Served(string? before, DateTimeOffset written, DateTimeOffset now)
    {
        if (before is not null && before != _silo && _work is null)
        {
            _work = new BackgroundWork(aggregator, "measuring a recovery", MeasureAsync, logger);
            _work.Ask();
        }

        return _silo;

        async Task MeasureAsync(CancellationToken cancellationToken)
        {
            var entries = await grains.GetGrain<IManagementGrain>(0)
                .GetDetailedHosts(onlyActive: false, cancellationToken)
                .WaitAsync(cancellationToken);
            if (LastAlive(entries.FirstOrDefault(entry => entry.SiloAddress.ToParsableString() == before)) is { } alive)
                record(now - (alive > written ? alive : written));
        }
    }

    public Task StopAsync(CancellationToken limit) => _work?.StopAsync(limit) ?? Task.CompletedTask;

    /// <summary>
    /// Null: it runs, and the aggregator has moved; or it is not known. Whether one that is gone was lost or stopped,
    /// the table does not tell for sure: others may vote one dead that is about to say so itself.
    /// </summary>
    internal static DateTimeOffset? LastAlive(MembershipEntry? entry) =>
        entry is { Status: not SiloStatus.Active }
            ? new DateTimeOffset(DateTime.SpecifyKind(entry.IAmAliveTime, DateTimeKind.Utc))
            : null;
}
