using System.Reflection;

namespace Fed.Embedded.Calls;

/// <summary>How a grain method returns.</summary>
/// <param name="Result">The result's type; null for none.</param>
/// <param name="IsValueTask">Whether it is a <see cref="ValueTask"/> rather than a <see cref="Task"/>.</param>
internal sealed record ReturnShape(Type? Result, bool IsValueTask)
{
    /// <exception cref="NotSupportedException">
    /// The method returns something else, or cannot be called remotely.
    /// </exception>
    public static ReturnShape Of(MethodInfo method)
    {
        if (method.IsGenericMethodDefinition || method.GetParameters().Any(p => p.ParameterType.IsByRef))
        {
            throw Unsupported(method, "generic methods and by-reference parameters");
        }
        var type = method.ReturnType;
        if (type == typeof(Task))
        {
            return new(null, false);
        }
        if (type == typeof(ValueTask))
        {
            return new(null, true);
        }
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>))
        {
            return new(type.GetGenericArguments()[0], false);
        }
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>)
            ? new(type.GetGenericArguments()[0], true)
            : throw Unsupported(method, $"the return type {type.Name}");
    }

    private static NotSupportedException Unsupported(MethodInfo method, string what) => new(
        $"{method.DeclaringType}.{method.Name}: the embedded runtime does not carry {what}. "
        + "Use Task, Task<T>, ValueTask or ValueTask<T> and plain parameters.");
}
