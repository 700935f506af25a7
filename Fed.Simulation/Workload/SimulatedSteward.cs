using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Simulation.Checks;
using Fed.Simulation.Engine;
using Fed.Simulation.Silo;

namespace Fed.Simulation.Workload;

/// <summary>
/// Promotes versions and goes back to earlier ones, at any time. An order without an answer is given again, as it was.
/// </summary>
internal sealed class SimulatedSteward(
    EventQueue events, FaultPlan faults, Exchange exchange, FederationSettings settings, Violations violations)
{
    private const int MostOrders = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Rollbacks that took effect.</summary>
    public int Rollbacks { get; private set; }

    public void Start(Func<bool> goesOn) =>
        new TurnScheduler(events, "steward", goesOn, faults.Pause).Run(async () =>
        {
            for (var order = 1 + events.Random.Next(MostOrders); order > 0; order--)
                await OrderAsync(await NewestAsync(), $"order {order}");
        });

    /// <summary>A while later, when there is something to go back from.</summary>
    private async Task<long> NewestAsync()
    {
        while (true)
        {
            await events.Delay(events.UpTo(TimeSpan.FromSeconds(4)), "order");
            var newest = (await RetryAsync("look", silo => Global(silo).GetView())).Version;
            if (newest > 0)
                return newest;
        }
    }

    private async Task OrderAsync(long newest, string reason)
    {
        var target = events.Random.Next((int)newest + 1);
        try
        {
            if (target == newest || events.Chance(0.3))
            {
                var promotion = new PromotionRequest(target, "steward", reason);
                await RetryAsync("promote", silo => Registry(silo).Promote(promotion));
                return;
            }

            var rollback = new RollbackRequest(target, "steward", reason);
            var view = await RetryAsync("roll back", silo => Global(silo).RollBack(rollback));
            Rollbacks++;
            events.Trace.Note($"rolled back to {target}; the newest is {view.Version}");
        }
        catch (RefusedException refused) when (refused.Code
            is RefusalCode.VersionWithdrawn or RefusalCode.VersionCollected or RefusalCode.UnknownVersion)
        {
            events.Trace.Note($"steward: {refused.Message}");
        }
        catch (RefusedException refused)
        {
            violations.Add($"an order of the steward was refused: {refused.Message}");
        }
    }

    private IGlobalAggregatorGrain Global(SimulatedSilo silo) =>
        silo.Grains.GetGrain<IGlobalAggregatorGrain>(settings.Name);

    private IModelRegistryGrain Registry(SimulatedSilo silo) => silo.Grains.GetGrain<IModelRegistryGrain>(settings.Name);

    /// <exception cref="RefusedException">Final.</exception>
    private async Task<T> RetryAsync<T>(string label, Func<SimulatedSilo, Task<T>> request)
    {
        while (true)
        {
            try
            {
                return await exchange.CallAsync(label, request, Patience);
            }
            catch (Exception error) when (error is not RefusedException { Code: not RefusalCode.UnknownFederation })
            {
                events.Trace.Note($"{label}: {error.GetType().Name} {error.Message}");
                await events.Delay(events.UpTo(TimeSpan.FromSeconds(1.5)), "retry");
            }
        }
    }
}
