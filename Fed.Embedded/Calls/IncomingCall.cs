using System.Reflection;
using Fed.Embedded.Activations;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Fed.Embedded.Calls;

/// <summary>Takes a call through the silo's filters, then the grain's own, to the method.</summary>
internal sealed class IncomingCall(GrainCall call, Activation activation) : IIncomingGrainCallContext
{
    private readonly IIncomingGrainCallFilter[] _filters = activation.Silo.IncomingFilters;
    private int _stage;
    private bool _answered;

    public IInvokable Request => call;

    public object Grain => activation.Instance;

    public GrainId? SourceId => call.Source?.GrainId;

    public GrainId TargetId => call.Target;

    public GrainInterfaceType InterfaceType =>
        GrainInterfaceType.Create(call.Method.Interface.FullName ?? call.Method.Interface.Name);

    public string InterfaceName => call.GetInterfaceName();

    public string MethodName => call.GetMethodName();

    public MethodInfo InterfaceMethod => call.GetMethod();

    public IGrainContext TargetContext => activation;

    public MethodInfo ImplementationMethod
    {
        get
        {
            if (!call.Method.Interface.IsInstanceOfType(Grain))
            {
                return call.Method.Method;
            }
            var map = Grain.GetType().GetInterfaceMap(call.Method.Interface);
            return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, call.Method.Method)];
        }
    }

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
            if (stage > _filters.Length + 1)
            {
                throw new InvalidOperationException("A call filter invoked the rest of the chain too often.");
            }
            if (stage < _filters.Length)
            {
                await _filters[stage].Invoke(this);
                Check(_filters[stage]);
            }
            else if (stage == _filters.Length && Grain is IIncomingGrainCallFilter own)
            {
                await own.Invoke(this);
                Check(own);
            }
            else
            {
                await call.InvokeAsync(activation.Instance);
                _answered = true;
            }
        }
        finally
        {
            _stage--;
        }
    }

    private void Check(IIncomingGrainCallFilter filter)
    {
        if (!_answered)
        {
            throw new InvalidOperationException(
                $"{filter.GetType().Name} neither invoked {call} nor set its result.");
        }
    }
}
