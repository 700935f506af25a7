using System.Diagnostics.CodeAnalysis;
using Fed.Embedded.Activations;
using Orleans.Runtime;

namespace Orleans;

/// <summary>Base class of grains. The runtime makes one instance per activation.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    protected Grain()
        : this(RuntimeContext.Current!)
    {
    }

    /// <param name="grainContext">The activation; null only for a grain made by hand, outside the runtime.</param>
    protected Grain(IGrainContext grainContext) => GrainContext = grainContext;

    [AllowNull]
    public IGrainContext GrainContext { get; }

    public GrainReference GrainReference => GrainContext.GrainReference;

    /// <summary>Grain type and key.</summary>
    public string IdentityString => GrainContext.GrainId.ToString();

    /// <summary>Makes references to other grains. It can be used on any thread, but is had in a turn only.</summary>
    /// <exception cref="InvalidOperationException">Asked for outside a turn.</exception>
    protected IGrainFactory GrainFactory => RuntimeContext.Current is not null
        ? Activation.Silo.GrainFactory
        : throw new InvalidOperationException(
            $"{GetType()} asked for GrainFactory outside a turn; take it before you leave the turn, for Task.Run too.");

    /// <summary>Services of this activation's own scope.</summary>
    protected internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    internal Activation Activation => GrainContext as Activation ?? throw new InvalidOperationException(
        $"{GetType()} was made outside the runtime; ask IGrainFactory.GetGrain for it instead.");

    /// <summary>
    /// Called once, before any call is dispatched to the grain and after its persistent state was read.
    /// An exception rejects the waiting callers with it and removes the activation.
    /// </summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called when the activation ends in order; not when the process is killed.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <summary>Ends this activation after the running calls; the next call makes a new one.</summary>
    protected void DeactivateOnIdle() => ((IGrainBase)this).DeactivateOnIdle();

    /// <summary>
    /// Keeps this activation for at least <paramref name="timeSpan"/>, however idle. Zero takes that back;
    /// <see cref="Timeout.InfiniteTimeSpan"/> is for ever.
    /// </summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => Activation.DelayDeactivation(timeSpan);
}
