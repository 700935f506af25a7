using Fed.Simulation.Engine;
using Orleans;

namespace Fed.Simulation.Silo;

/// <summary>Delays calls between grains, so that they overtake each other, and loses some or their answers.</summary>
internal sealed class CallFaults(EventQueue events, FaultPlan faults) : IOutgoingGrainCallFilter
{
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        var lost = faults.CallLost();
        if (lost && events.Chance(0.5))
            await LoseAsync(context);
        if (events.Chance(0.5))
            await events.Delay(faults.Latency(), "call");
        await context.Invoke();
        if (lost)
            await LoseAsync(context);
        if (events.Chance(0.2))
            await events.Delay(faults.Latency(), "answer");
    }

    private async Task LoseAsync(IOutgoingGrainCallContext context)
    {
        var call = $"{context.InterfaceName}.{context.MethodName} of {context.TargetId}";
        events.Trace.Note($"lost: {call}");
        await events.Delay(TimeSpan.FromSeconds(2), "lost");
        throw new TimeoutException($"{call} was not answered (simulated)");
    }
}
