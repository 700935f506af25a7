using Fed.Tests.Embedded.Runtime;
using Orleans;

namespace Fed.Tests.Embedded.Grains;

/// <summary>Tells of its activations.</summary>
[Alias("test.life")]
public interface ILifeGrain : IGrainWithStringKey
{
    /// <summary>Which activation of its key answers, from 1.</summary>
    [Alias("Number")]
    Task<int> Number();

    [Alias("Key")]
    Task<string> Key();

    [Alias("End")]
    Task End();

    /// <summary>Ends this activation, but returns only after the signal <c>key:go</c>.</summary>
    [Alias("EndAfterSignal")]
    Task EndAfterSignal();

    [Alias("Delay")]
    Task Delay(TimeSpan time);

    /// <summary>Asks for GrainFactory on another thread.</summary>
    [Alias("LeaveTheTurn")]
    Task LeaveTheTurn();
}

public sealed class LifeGrain(Signals signals) : Grain, ILifeGrain, IDisposable
{
    private int _number;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _number = signals.Count($"{this.GetPrimaryKeyString()}:activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        signals.Set($"{this.GetPrimaryKeyString()}:deactivated", reason.ReasonCode.ToString());
        return Task.CompletedTask;
    }

    public Task<int> Number() => Task.FromResult(_number);

    public Task<string> Key() => Task.FromResult(this.GetPrimaryKeyString());

    public Task LeaveTheTurn() => Task.Run(() => GrainFactory.GetGrain<ILifeGrain>("another"));

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task EndAfterSignal()
    {
        DeactivateOnIdle();
        signals.Set($"{this.GetPrimaryKeyString()}:ending");
        await signals.Wait($"{this.GetPrimaryKeyString()}:go");
    }

    public Task Delay(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public void Dispose() => signals.Set($"{this.GetPrimaryKeyString()}:disposed");
}
