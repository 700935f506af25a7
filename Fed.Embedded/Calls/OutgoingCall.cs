using System.Reflection;
using Fed.Embedded.Activations;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Fed.Embedded.Calls;

/// <summary>Takes a call through the outgoing filters, where the caller runs, and then sends it.</summary>
internal sealed class OutgoingCall(
    GrainCall call, GrainReference reference, EmbeddedSilo silo, Func<GrainCall, Task> send) : IOutgoingGrainCallContext
{
    private int _stage;
    private bool _answered;

    public IInvokable Request => call;

    public object Grain => reference;

    public GrainId? SourceId => call.Source?.GrainId;

    public GrainId TargetId => call.Target;

    public GrainInterfaceType InterfaceType => reference.InterfaceType;

    public string InterfaceName => call.GetInterfaceName();

    public string MethodName => call.GetMethodName();

    public MethodInfo InterfaceMethod => call.GetMethod();

    public IGrainContext? SourceContext => call.Source;

    public object? Result
    {
        get => call.Result;
        set
        {
            call.Result = value;
            _answered = true;
        }
    }

    public async Task Invoke()
    {
        var stage = _stage++;
        try
        {
            var filters = silo.OutgoingFilters;
            if (stage < filters.Length)
            {
                await filters[stage].Invoke(this);
                if (!_answered)
                {
                    throw new InvalidOperationException(
                        $"{filters[stage].GetType().Name} neither invoked {call} nor set its result.");
                }
                return;
            }
            if (stage > filters.Length)
            {
                throw new InvalidOperationException("A call filter invoked the rest of the chain too often.");
            }
            call.Context = RequestContext.Values;
            var inner = call.Inner();
            await send(inner);
            Result = inner.Result;
        }
        finally
        {
            _stage--;
        }
    }
}
