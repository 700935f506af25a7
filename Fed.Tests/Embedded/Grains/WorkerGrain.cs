using Fed.Tests.Embedded.Runtime;
using Orleans;
using Orleans.Concurrency;

namespace Fed.Tests.Embedded.Grains;

/// <summary>At most three activations of a key.</summary>
[Alias("test.worker")]
public interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>Sets <c>name:in</c>, waits for <c>name:go</c>, and says which activation this is.</summary>
    [Alias("Hold")]
    Task<Guid> Hold(string name);
}

[StatelessWorker(3)]
public sealed class WorkerGrain(Signals signals) : Grain, IWorkerGrain
{
    private readonly Guid _id = Guid.NewGuid();

    public async Task<Guid> Hold(string name)
    {
        signals.Count($"{this.GetPrimaryKeyString()}:in");
        signals.Set($"{name}:in");
        await signals.Wait($"{name}:go");
        return _id;
    }
}
