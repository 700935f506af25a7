using System.Collections.Concurrent;
using Fed.Embedded.Calls;
using Orleans.Runtime;

namespace Fed.Embedded.Activations;

/// <summary>The active grains by identity. At most one activation a key, but for stateless workers.</summary>
internal sealed class ActivationCatalog(EmbeddedSilo silo)
{
    private readonly ConcurrentDictionary<GrainId, ICallTarget> _targets = new();
    private volatile bool _closed;

    public int Count => _targets.Count;

    public IEnumerable<Activation> Activations => _targets.Values.SelectMany(target => target switch
    {
        WorkerGroup group => group.Workers(),
        Activation activation => [activation],
        _ => Array.Empty<Activation>(),
    });

    /// <exception cref="SiloUnavailableException">The silo is stopping and the grain is not active.</exception>
    public ICallTarget GetOrCreate(GrainId grainId, Dictionary<string, object>? context)
    {
        if (_targets.TryGetValue(grainId, out var target))
        {
            return target;
        }
        ThrowIfClosed(grainId);
        var grainClass = silo.Classes.Get(grainId.Type);
        return _targets.GetOrAdd(grainId, grainClass.MaxWorkers > 0
            ? new WorkerGroup(silo, grainClass, grainId)
            : new Activation(silo, grainClass, grainId, context));
    }

    /// <summary>
    /// Takes out an activation, before it stops receiving, so that a caller that finds it gone gets a new one.
    /// </summary>
    public void Remove(Activation activation)
    {
        if (activation.Group is not { } group)
        {
            _targets.TryRemove(new(activation.GrainId, activation));
        }
        else if (group.Remove(activation))
        {
            _targets.TryRemove(new(group.GrainId, group));
        }
    }

    /// <summary>From now on no grain is activated.</summary>
    public void Close() => _closed = true;

    public void ThrowIfClosed(GrainId grainId)
    {
        if (_closed)
        {
            throw new SiloUnavailableException($"The silo is stopping and does not activate {grainId}.");
        }
    }
}
