using Fed.Embedded.Calls;
using Orleans.Runtime;

namespace Fed.Embedded.Activations;

/// <summary>
/// One activation of a grain: its instance, the calls that wait and run, and its place in life. This file says
/// which call may run when; <c>Activation.Lifecycle.cs</c> how it starts and ends.
/// </summary>
internal sealed partial class Activation : IGrainContext, ICallTarget
{
    /// <summary>Calls started in one turn before continuations get theirs.</summary>
    private const int PumpBudget = 32;

    private readonly Lock _gate = new();
    private readonly RequestQueue _waiting = new();
    private readonly TaskScheduler _scheduler;
    private Dictionary<Guid, int>? _reentrantSections;
    private GrainCall? _blocking;
    private GrainReference? _reference;
    private object? _instance;
    private int _running;
    private int _refused;
    private bool _pumpScheduled;

    public Activation(EmbeddedSilo silo, GrainClass grainClass, GrainId grainId, Dictionary<string, object>? context)
    {
        Silo = silo;
        Class = grainClass;
        GrainId = grainId;
        _firstContext = context;
        _scheduler = silo.Turns.SchedulerOf(this);
        _lastUse = silo.Time.GetTimestamp();
    }

    public EmbeddedSilo Silo { get; }

    public GrainClass Class { get; }

    public GrainId GrainId { get; }

    /// <summary>The stateless workers that this one belongs to, if any.</summary>
    public WorkerGroup? Group { get; init; }

    public object? GrainInstance => _instance;

    /// <summary>The grain object; only for calls, which run after it was made.</summary>
    public object Instance => _instance!;

    public bool HasCallFilters => Class.FiltersCalls || Silo.IncomingFilters.Length > 0;

    public GrainReference GrainReference => _reference ??= Silo.References.Create(Class.MainInterface, GrainId);

    public IServiceProvider ActivationServices => _scope?.ServiceProvider ?? Silo.Services;

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public override string ToString() => $"{GrainId} ({_state})";

    /// <summary>Calls that run or wait; to choose among stateless workers.</summary>
    public int Load
    {
        get
        {
            lock (_gate)
            {
                return _running + _waiting.Count;
            }
        }
    }

    public bool TryReceive(GrainCall call)
    {
        lock (_gate)
        {
            if (_state == ActivationState.Invalid)
            {
                return false;
            }
            _waiting.Add(call);
            if (_pumpScheduled || _state is ActivationState.Activating or ActivationState.Deactivating)
            {
                return true;
            }
            _pumpScheduled = true;
        }
        Post(Pump);
        return true;
    }

    /// <summary>Runs something as a turn of this activation.</summary>
    public void Post(Action action)
    {
        // A turn must not inherit the ambient values of whoever sent the call.
        if (ExecutionContext.IsFlowSuppressed())
        {
            new Task(action).Start(_scheduler);
            return;
        }
        using (ExecutionContext.SuppressFlow())
        {
            new Task(action).Start(_scheduler);
        }
    }

    /// <summary>A call has ended: perhaps the next may run, or the activation may end.</summary>
    public void OnCompleted(GrainCall call)
    {
        lock (_gate)
        {
            _running--;
            if (_blocking is null || _blocking == call)
            {
                _blocking = null;
                _refused = 0;
            }
            if (call.KeepsAlive)
            {
                _lastUse = Silo.Time.GetTimestamp();
            }
            var hasWork = _state switch
            {
                ActivationState.Valid => _waiting.Count > 0,
                ActivationState.Deactivating => _running == 0,
                _ => false,
            };
            if (_pumpScheduled || !hasWork)
            {
                return;
            }
            _pumpScheduled = true;
        }
        Post(Pump);
    }

    public void EnterReentrantSection(Guid id)
    {
        lock (_gate)
        {
            _reentrantSections ??= [];
            _reentrantSections[id] = _reentrantSections.GetValueOrDefault(id) + 1;
            _refused = 0;
        }
    }

    public void LeaveReentrantSection(Guid id)
    {
        lock (_gate)
        {
            if (_reentrantSections is { } sections && sections.TryGetValue(id, out var depth))
            {
                if (depth > 1)
                {
                    sections[id] = depth - 1;
                }
                else
                {
                    sections.Remove(id);
                }
            }
        }
    }

    private void Pump()
    {
        for (var budget = PumpBudget; ; budget--)
        {
            GrainCall? call = null;
            Func<Task>? step = null;
            lock (_gate)
            {
                if (budget > 0 && (step = NextStep()) is null && _state == ActivationState.Valid)
                {
                    call = TakeNext();
                }
                if (budget > 0 && call is null)
                {
                    _pumpScheduled = false;
                }
            }
            if (budget == 0)
            {
                Post(Pump);
                return;
            }
            if (call is null)
            {
                _ = step?.Invoke();
                return;
            }
            call.Cancellation?.RunsIn(this);
            _ = call.ExecuteAsync(this);
        }
    }

    /// <summary>The next call that may run now, marked as running.</summary>
    private GrainCall? TakeNext()
    {
        while (_waiting.Count > 0)
        {
            var index = FindRunnable();
            if (index < 0)
            {
                return null;
            }
            var call = _waiting.RemoveAt(index);
            if (call.IsCompleted && Silo.Messaging.DropExpiredMessages)
            {
                continue;
            }
            _running++;
            if (_blocking is null && !call.AlwaysInterleave)
            {
                _blocking = call;
                _refused = 0;
            }
            return call;
        }
        return null;
    }

    private int FindRunnable()
    {
        if (_running == 0 || _blocking is null || Class.IsReentrant)
        {
            return 0;
        }
        if (_waiting.InterleavingCount == 0 && Class.MayInterleave is null)
        {
            return -1;
        }
        // What was refused beside this blocking call stays refused until that ends.
        for (; _refused < _waiting.Count; _refused++)
        {
            if (MayRunBeside(_blocking, _waiting[_refused]))
            {
                return _refused;
            }
        }
        return -1;
    }

    private bool MayRunBeside(GrainCall blocking, GrainCall call) =>
        call.AlwaysInterleave
        || (blocking.Method.ReadOnly && call.Method.ReadOnly)
        || (_reentrantSections is { Count: > 0 } sections && sections.ContainsKey(call.ReentrancyId))
        || (Class.MayInterleave is { } predicate && (predicate(_instance!, call) || predicate(_instance!, blocking)));
}
