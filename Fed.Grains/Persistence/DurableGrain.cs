using Orleans;
using Orleans.Runtime;

namespace Fed.Grains.Persistence;

/// <summary>A grain with one <see cref="DurableState{T}"/>: a write that fails ends its activation.</summary>
public abstract class DurableGrain<T> : Grain
    where T : class
{
    protected DurableGrain(IPersistentState<T> storage) =>
        Durable = new DurableState<T>(storage, this.DeactivateOnIdle);

    protected DurableState<T> Durable { get; }
}
