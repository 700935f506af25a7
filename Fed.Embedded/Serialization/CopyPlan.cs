using System.Collections.Concurrent;
using Orleans.Serialization;

namespace Fed.Embedded.Serialization;

/// <summary>
/// How values of a type cross a call. As with Orleans, what cannot be modified is shared and anything else is
/// copied, so that caller and callee never see each other's later changes; and a type that Orleans could not
/// serialise is refused.
/// </summary>
internal abstract class CopyPlan
{
    private static readonly ConcurrentDictionary<Type, CopyPlan> s_byRuntimeType = new();

    /// <summary>
    /// The plan where only the value's own type tells: for interfaces, base classes and <c>object</c>.
    /// </summary>
    public static CopyPlan ByRuntimeType { get; } = new RuntimeTypePlan();

    public abstract object Copy(object value, CopyContext context);

    /// <summary>The plan for a declared type; null where its values may be shared.</summary>
    public static CopyPlan? For(Type declared)
    {
        if (CopyRules.IsShared(declared))
        {
            return null;
        }
        return declared.IsValueType ? ForRuntimeType(declared) is SharePlan ? null : ForRuntimeType(declared)
            : ByRuntimeType;
    }

    /// <summary>The plan for a value's own type.</summary>
    /// <exception cref="CodecNotFoundException">Values of this type cannot cross a call.</exception>
    public static CopyPlan ForRuntimeType(Type type)
    {
        if (s_byRuntimeType.TryGetValue(type, out var plan))
        {
            return plan;
        }
        return s_byRuntimeType.GetOrAdd(type, CopyRules.Plan(type));
    }

    /// <summary>Copies whatever it is.</summary>
    public static object? CopyAny(object? value, CopyContext context) =>
        value is null ? null : ForRuntimeType(value.GetType()).Copy(value, context);

    private sealed class RuntimeTypePlan : CopyPlan
    {
        public override object Copy(object value, CopyContext context) =>
            ForRuntimeType(value.GetType()).Copy(value, context);
    }
}
