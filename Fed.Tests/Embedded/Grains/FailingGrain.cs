using Fed.Tests.Embedded.Runtime;
using Orleans;

namespace Fed.Tests.Embedded.Grains;

/// <summary>Fails to activate until the signal <c>key:healed</c>.</summary>
[Alias("test.failing")]
public interface IFailingGrain : IGrainWithStringKey
{
    [Alias("Ping")]
    Task<string> Ping();
}

public sealed class FailingGrain(Signals signals) : Grain, IFailingGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        signals.Set($"{key}:starting");
        await signals.Wait($"{key}:go");
        if (!signals.IsSet($"{key}:healed"))
        {
            throw new InvalidOperationException($"{key} does not start");
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        signals.Count($"{this.GetPrimaryKeyString()}:deactivated");
        return Task.CompletedTask;
    }

    public Task<string> Ping() => Task.FromResult("pong");
}

[Alias("test.unconstructible")]
public interface IUnconstructibleGrain : IGrainWithStringKey
{
    [Alias("Ping")]
    Task<string> Ping();
}

public sealed class UnconstructibleGrain : Grain, IUnconstructibleGrain
{
    public UnconstructibleGrain() => throw new InvalidOperationException("cannot be made");

    public Task<string> Ping() => Task.FromResult("pong");
}
