using System.Reflection;
using Fed.Embedded.Activations;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;
using Orleans.Storage;

namespace Fed.Embedded.Calls;

/// <summary>One request on its way, from the caller's method call to the caller's completed task.</summary>
internal abstract class GrainCall(MethodEntry method, object?[] arguments, GrainId target) : IInvokable
{
    public MethodEntry Method { get; } = method;

    public object?[] Arguments { get; } = arguments;

    public GrainId Target { get; } = target;

    /// <summary>The activation that called; null from outside.</summary>
    public Activation? Source { get; set; }

    /// <summary>The caller's request context; never modified.</summary>
    public Dictionary<string, object>? Context { get; set; }

    /// <summary>How often the call moved on because an activation ended before it ran.</summary>
    public int Forwards { get; set; }

    /// <summary>Its place among the calls whose callers wait.</summary>
    public PendingEntry Pending { get; } = new();

    public CallCancellation? Cancellation { get; set; }

    public virtual bool AlwaysInterleave => Method.AlwaysInterleave;

    public virtual bool KeepsAlive => true;

    /// <summary>Whether the call belongs to one activation only, as a timer's tick does.</summary>
    public virtual bool IsLocal => false;

    public Guid ReentrancyId => RequestContext.ReentrancyIdOf(Context);

    /// <summary>Whether the call could ever run beside another one in a grain that is not reentrant.</summary>
    public bool MayInterleaveSometimes =>
        AlwaysInterleave || Method.ReadOnly || ReentrancyId != Guid.Empty;

    /// <summary>Whether the caller has its answer, if only by timeout or cancellation.</summary>
    public abstract bool IsCompleted { get; }

    /// <summary>The caller's task, whatever its type.</summary>
    public abstract Task Completion { get; }

    /// <summary>What the grain returned; a filter may replace it.</summary>
    public abstract object? Result { get; set; }

    /// <summary>The same call with a task of its own, to be sent after outgoing filters.</summary>
    public abstract GrainCall Inner();

    /// <summary>Starts the grain's method and gives its task.</summary>
    protected abstract Task Start(object instance);

    /// <summary>Takes the result from the method's completed task.</summary>
    protected abstract void TakeResult();

    /// <summary>Completes the caller's task with <see cref="Result"/>.</summary>
    protected abstract void SetResult(bool copy);

    protected abstract void SetException(Exception error);

    /// <summary>Runs in the grain's turn, through to the caller's answer. Never throws.</summary>
    public async Task ExecuteAsync(Activation activation)
    {
        Exception? failure = null;
        try
        {
            RequestContext.Values = Context;
            if (activation.HasCallFilters)
            {
                await new IncomingCall(this, activation).Invoke();
            }
            else
            {
                await InvokeAsync(activation.Instance);
            }
        }
        catch (Exception error)
        {
            failure = error;
        }
        if (failure is InconsistentStateException { IsSourceActivation: true } inconsistent)
        {
            inconsistent.IsSourceActivation = false;
            activation.Deactivate(new(DeactivationReasonCode.ApplicationError, failure, "State was inconsistent."));
        }
        activation.OnCompleted(this);
        if (failure is null)
        {
            Succeed(copy: true);
        }
        else
        {
            OnFailure(activation, failure);
            Fail(failure);
        }
    }

    /// <summary>Calls the method itself, past all filters.</summary>
    public Task InvokeAsync(object instance)
    {
        var task = Start(instance);
        if (task.IsCompletedSuccessfully)
        {
            TakeResult();
            return Task.CompletedTask;
        }
        return AwaitAsync(task);
    }

    public void Succeed(bool copy)
    {
        Settle();
        try
        {
            SetResult(copy);
        }
        catch (Exception error)
        {
            SetException(error);
        }
    }

    public void Fail(Exception error)
    {
        Settle();
        SetException(error);
    }

    protected virtual void OnFailure(Activation activation, Exception error)
    {
        if (Method.OneWay)
        {
            activation.Silo.Log.OneWayCallFailed(this, error);
        }
    }

    private async Task AwaitAsync(Task task)
    {
        await task;
        TakeResult();
    }

    private void Settle()
    {
        Pending.Remove();
        Cancellation?.Dispose();
    }

    public int GetArgumentCount() => Arguments.Length;

    public object? GetArgument(int index) => Arguments[index];

    public void SetArgument(int index, object value) => Arguments[index] = value;

    public string GetMethodName() => Method.Method.Name;

    public string GetInterfaceName() => Method.Interface.Name;

    public MethodInfo GetMethod() => Method.Method;

    public Type GetInterfaceType() => Method.Interface;

    public TimeSpan? GetDefaultResponseTimeout() => Method.Timeout;

    public override string ToString() =>
        $"{Method} on {Target}" + (Source is { } source ? $" from {source.GrainId}" : "");
}
