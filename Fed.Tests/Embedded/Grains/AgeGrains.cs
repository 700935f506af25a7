using Fed.Tests.Embedded.Runtime;
using Orleans;

namespace Fed.Tests.Embedded.Grains;

/// <summary>Says when it ends, by the signal <c>key:class</c>.</summary>
public interface IAgeGrain : IGrainWithStringKey
{
    [Alias("Touch")]
    Task Touch();
}

public abstract class AgeGrainBase(Signals signals) : Grain
{
    public Task Touch() => Task.CompletedTask;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        signals.Set($"{this.GetPrimaryKeyString()}:{GetType().Name}");
        return Task.CompletedTask;
    }
}

[Alias("test.kept")]
public interface IKeptGrain : IAgeGrain;

[KeepAlive]
public sealed class KeptGrain(Signals signals) : AgeGrainBase(signals), IKeptGrain;

[Alias("test.brief")]
public interface IBriefGrain : IAgeGrain;

[CollectionAgeLimit(Minutes = 2)]
public sealed class BriefGrain(Signals signals) : AgeGrainBase(signals), IBriefGrain;
