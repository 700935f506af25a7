using Fed.Contracts.Collection;
using Fed.Contracts.Refusals;
using Fed.Simulation.Checks;
using Fed.Simulation.Engine;

namespace Fed.Simulation.Workload;

/// <summary>
/// Orders collections now and then, while the federation goes on and everything fails. Blobs are spared for longer than
/// anything takes from a blob to the state that names it, and no longer.
/// </summary>
/// <param name="grace">Two outages of the disks and the calls between them fit into the usual one.</param>
/// <param name="every">The longest pause from one to the next.</param>
internal sealed class SimulatedCollector(
    EventQueue events, FaultPlan faults, Exchange exchange, Violations violations, TimeSpan grace, TimeSpan every)
{
    public static readonly TimeSpan UsualGrace = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Those that answered.</summary>
    public int Collections { get; private set; }

    public long Removed { get; private set; }

    public void Start(Func<bool> goesOn) =>
        new TurnScheduler(events, "collector", goesOn, faults.Pause).Run(async () =>
        {
            while (true)
            {
                await events.Delay(events.UpTo(every), "collect");
                await CollectAsync();
            }
        });

    /// <summary>One collection; what failed is ordered again another time.</summary>
    public async Task CollectAsync()
    {
        var request = new CollectionRequest
        {
            Keep = 1 + events.Random.Next(2),
            By = "steward",
            Reason = "disk",
        };
        try
        {
            var report = await exchange.CallAsync(
                "collect", silo => silo.Collector.RunAsync(request, grace, CancellationToken.None), Patience);
            Collections++;
            Removed += report.Removed.Blobs;
            events.Trace.Note($"collected {report.Removed.Blobs} of {report.Needed.Blobs + report.Young.Blobs} blobs");
        }
        catch (RefusedException refused)
        {
            violations.Add($"a collection was refused: {refused.Message}");
        }
#pragma warning disable CA1031 // A fault of the simulation's, whichever it was.
        catch (Exception error)
#pragma warning restore CA1031
        {
            events.Trace.Note($"collect: {error.GetType().Name} {error.Message}");
        }
    }
}
