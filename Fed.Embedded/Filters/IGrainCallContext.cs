using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans;

/// <summary>A call, as a filter sees it.</summary>
public interface IGrainCallContext
{
    /// <summary>Method and arguments.</summary>
    IInvokable Request { get; }

    /// <summary>Incoming: the grain object. Outgoing: the reference.</summary>
    object Grain { get; }

    /// <summary>The grain that called; null for a call from outside.</summary>
    GrainId? SourceId { get; }

    GrainId TargetId { get; }

    GrainInterfaceType InterfaceType { get; }

    string InterfaceName { get; }

    string MethodName { get; }

    MethodInfo InterfaceMethod { get; }

    /// <summary>
    /// The result, after <see cref="Invoke"/>; a filter may replace it, or set it in place of invoking.
    /// </summary>
    object? Result { get; set; }

    /// <summary>Goes on with the next filter or the grain. Throws what the grain threw.</summary>
    Task Invoke();
}

/// <summary>A call on its way into a grain; filters run in the grain's turn.</summary>
public interface IIncomingGrainCallContext : IGrainCallContext
{
    IGrainContext TargetContext { get; }

    MethodInfo ImplementationMethod { get; }
}

/// <summary>A call on its way out; filters run where the caller runs.</summary>
public interface IOutgoingGrainCallContext : IGrainCallContext
{
    IGrainContext? SourceContext { get; }
}
