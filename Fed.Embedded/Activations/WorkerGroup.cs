using Fed.Embedded.Calls;
using Orleans.Runtime;

namespace Fed.Embedded.Activations;

/// <summary>
/// The activations of one key of a stateless worker. A call goes to an idle one, else to a new one, else to the least
/// loaded.
/// </summary>
internal sealed class WorkerGroup(EmbeddedSilo silo, GrainClass grainClass, GrainId grainId) : ICallTarget
{
    private readonly Lock _gate = new();
    private readonly List<Activation> _workers = [];
    private bool _ended;

    public GrainId GrainId => grainId;

    public bool TryReceive(GrainCall call)
    {
        lock (_gate)
        {
            return !_ended && Choose(call).TryReceive(call);
        }
    }

    /// <summary>Takes out a worker that has ended. True when it was the last.</summary>
    public bool Remove(Activation worker)
    {
        lock (_gate)
        {
            _workers.Remove(worker);
            return _ended |= _workers.Count == 0;
        }
    }

    public Activation[] Workers()
    {
        lock (_gate)
        {
            return [.. _workers];
        }
    }

    private Activation Choose(GrainCall call)
    {
        Activation? best = null;
        var least = int.MaxValue;
        foreach (var worker in _workers)
        {
            var load = worker.Load;
            if (load < least)
            {
                (best, least) = (worker, load);
            }
        }
        if (best is null || (least > 0 && _workers.Count < grainClass.MaxWorkers))
        {
            silo.Catalog.ThrowIfClosed(grainId);
            best = new Activation(silo, grainClass, grainId, call.Context) { Group = this };
            _workers.Add(best);
        }
        return best;
    }
}
