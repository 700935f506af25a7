using Fed.Embedded.State;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;

namespace Fed.Embedded.Activations;

/// <summary>How an activation starts and ends.</summary>
internal sealed partial class Activation
{
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IStateLoader> _states = [];
    private readonly HashSet<IDisposable> _timers = [];
    private readonly Dictionary<string, object>? _firstContext;
    private ActivationState _state;
    private AsyncServiceScope? _scope;
    private CancellationTokenSource? _starting;
    private DeactivationReason _reason;
    private CancellationToken _deactivationToken;
    private Exception? _failure;
    private DateTimeOffset _keepUntil;
    private long _lastUse;
    private bool _isStarting;
    private bool _isEnding;
    private bool _wasValid;

    public Task Deactivated => _deactivated.Task;

    /// <summary>Has a state read before <c>OnActivateAsync</c>.</summary>
    public void AddState(IStateLoader state) => _states.Add(state);

    public void AddTimer(IDisposable timer)
    {
        lock (_gate)
        {
            _timers.Add(timer);
        }
    }

    public void RemoveTimer(IDisposable timer)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
        }
    }

    public void DelayDeactivation(TimeSpan timeSpan)
    {
        lock (_gate)
        {
            _keepUntil = timeSpan == Timeout.InfiniteTimeSpan || timeSpan == TimeSpan.MaxValue
                ? DateTimeOffset.MaxValue
                : timeSpan <= TimeSpan.Zero ? DateTimeOffset.MinValue : Silo.Time.GetUtcNow() + timeSpan;
        }
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_state is ActivationState.Deactivating or ActivationState.Invalid)
            {
                return;
            }
            BeginDeactivating(deactivationReason, cancellationToken);
            if (_isStarting)
            {
                // In a turn of its own, where the start either still waits or has put its token away.
                Post(() => _starting?.Cancel());
            }
            if (_pumpScheduled)
            {
                return;
            }
            _pumpScheduled = true;
        }
        Post(Pump);
    }

    /// <summary>Ends this activation if it has idled for its class's age.</summary>
    public void DeactivateIfIdle()
    {
        lock (_gate)
        {
            var idle = Silo.Time.GetElapsedTime(_lastUse);
            if (_state != ActivationState.Valid || _running > 0 || _waiting.Count > 0
                || Class.CollectionAge == Timeout.InfiniteTimeSpan || idle < Class.CollectionAge
                || _keepUntil > Silo.Time.GetUtcNow())
            {
                return;
            }
            BeginDeactivating(new(DeactivationReasonCode.ActivationIdle, $"Idle for {idle}."), default);
            if (_pumpScheduled)
            {
                return;
            }
            _pumpScheduled = true;
        }
        Post(Pump);
    }

    private void BeginDeactivating(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _wasValid = _state == ActivationState.Valid;
        _reason = reason;
        _deactivationToken = cancellationToken;
        _state = ActivationState.Deactivating;
    }

    /// <summary>Starting or ending, when that is what this activation must do next.</summary>
    private Func<Task>? NextStep()
    {
        if (_state == ActivationState.Creating)
        {
            _state = ActivationState.Activating;
            _isStarting = true;
            return StartAsync;
        }
        if (_state == ActivationState.Deactivating && _running == 0 && !_isStarting && !_isEnding)
        {
            _isEnding = true;
            return EndAsync;
        }
        return null;
    }

    private async Task StartAsync()
    {
        using var starting = new CancellationTokenSource(Silo.Collection.ActivationTimeout, Silo.Time);
        _starting = starting;
        try
        {
            RequestContext.Values = _firstContext;
            _scope = Silo.Services.CreateAsyncScope();
            _instance = Class.CreateInstance(this);
            await Task.WhenAll(_states.Select(state => state.LoadAsync(starting.Token))).WaitAsync(starting.Token);
            if (_instance is IGrainBase grain)
            {
                await grain.OnActivateAsync(starting.Token).WaitAsync(starting.Token);
            }
        }
        catch (Exception error)
        {
            Silo.Log.ActivationFailed(GrainId, error);
            lock (_gate)
            {
                if (_state == ActivationState.Activating)
                {
                    _failure = error;
                }
            }
            Deactivate(new(DeactivationReasonCode.ActivationFailed, error, "Failed to activate grain."));
        }
        lock (_gate)
        {
            _starting = null;
            _isStarting = false;
            if (_state == ActivationState.Activating)
            {
                _state = ActivationState.Valid;
                _lastUse = Silo.Time.GetTimestamp();
            }
            if (_pumpScheduled)
            {
                return;
            }
            _pumpScheduled = true;
        }
        Post(Pump);
    }

    private async Task EndAsync()
    {
        StopTimers();
        if (_wasValid && _instance is IGrainBase grain)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(_deactivationToken);
            using var limit = Silo.Time.CreateTimer(
                static state => ((CancellationTokenSource)state!).Cancel(), ending,
                Silo.Collection.DeactivationTimeout, Timeout.InfiniteTimeSpan);
            try
            {
                await grain.OnDeactivateAsync(_reason, ending.Token).WaitAsync(ending.Token);
            }
            catch (Exception error)
            {
                Silo.Log.DeactivationFailed(GrainId, error);
            }
        }
        await DisposeInstanceAsync();
        Silo.Catalog.Remove(this);
        List<Calls.GrainCall> rest = [];
        lock (_gate)
        {
            _state = ActivationState.Invalid;
            while (_waiting.Count > 0)
            {
                rest.Add(_waiting.RemoveAt(0));
            }
        }
        foreach (var call in rest.Where(call => !call.IsLocal && !call.IsCompleted))
        {
            if (_failure is { } failure)
            {
                call.Fail(failure);
            }
            else
            {
                Silo.Dispatcher.Forward(call);
            }
        }
        _deactivated.TrySetResult();
    }

    private void StopTimers()
    {
        IDisposable[] timers;
        lock (_gate)
        {
            timers = [.. _timers];
        }
        Array.ForEach(timers, timer => timer.Dispose());
    }

    private async Task DisposeInstanceAsync()
    {
        try
        {
            if (_instance is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync();
            }
            else
            {
                (_instance as IDisposable)?.Dispose();
            }
            if (_scope is { } scope)
            {
                await scope.DisposeAsync();
            }
        }
        catch (Exception error)
        {
            Silo.Log.DeactivationFailed(GrainId, error);
        }
    }
}
