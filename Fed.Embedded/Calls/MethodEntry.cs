using System.Reflection;
using Fed.Embedded.Serialization;
using Orleans;
using Orleans.Concurrency;

namespace Fed.Embedded.Calls;

/// <summary>What is known of one grain method before any call: how to invoke it and how its calls interleave.</summary>
internal sealed class MethodEntry
{
    private readonly CopyPlan?[]? _argumentPlans;

    public MethodEntry(MethodInfo method)
    {
        Method = method;
        OneWay = method.IsDefined(typeof(OneWayAttribute));
        ReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        AlwaysInterleave = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        Timeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        Return = ReturnShape.Of(method);
        Invoker = MethodInvoker.Compile(method, Return);
        var parameters = method.GetParameters();
        CancellationIndex = Array.FindIndex(parameters, p => p.ParameterType == typeof(CancellationToken));
        var plans = parameters
            .Select(p => p.IsDefined(typeof(ImmutableAttribute)) ? null : CopyPlan.For(p.ParameterType))
            .ToArray();
        _argumentPlans = Array.Exists(plans, p => p is not null) ? plans : null;
        ResultPlan = Return.Result is null || method.ReturnParameter.IsDefined(typeof(ImmutableAttribute), false)
            ? null
            : CopyPlan.For(Return.Result);
    }

    public MethodInfo Method { get; }

    public Type Interface => Method.DeclaringType!;

    public ReturnShape Return { get; }

    /// <summary><c>Func&lt;object, object?[], Task&gt;</c>, or of <c>Task&lt;T&gt;</c>.</summary>
    public Delegate Invoker { get; }

    public bool OneWay { get; }

    public bool ReadOnly { get; }

    public bool AlwaysInterleave { get; }

    public TimeSpan? Timeout { get; }

    /// <summary>Place of the cancellation token among the arguments, or -1.</summary>
    public int CancellationIndex { get; }

    public CopyPlan? ResultPlan { get; }

    /// <summary>Replaces what the caller could still modify by copies.</summary>
    public void CopyArguments(object?[] arguments)
    {
        if (_argumentPlans is not { } plans)
        {
            return;
        }
        var context = new CopyContext();
        for (var i = 0; i < plans.Length; i++)
        {
            if (plans[i] is { } plan && arguments[i] is { } value)
            {
                arguments[i] = plan.Copy(value, context);
            }
        }
    }

    public override string ToString() => $"{Interface.Name}.{Method.Name}";
}
