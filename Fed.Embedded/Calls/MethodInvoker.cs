using System.Linq.Expressions;
using System.Reflection;

namespace Fed.Embedded.Calls;

/// <summary>Compiles a delegate that calls a method with arguments from an array.</summary>
internal static class MethodInvoker
{
    /// <returns>
    /// <c>Func&lt;object, object?[], Task&gt;</c>, or of <c>Task&lt;T&gt;</c> where there is a result.
    /// </returns>
    public static Delegate Compile(MethodInfo method, ReturnShape shape)
    {
        var target = Expression.Parameter(typeof(object), "target");
        var arguments = Expression.Parameter(typeof(object[]), "arguments");
        var values = method.GetParameters().Select((p, i) => (Expression)Expression.Convert(
            Expression.ArrayIndex(arguments, Expression.Constant(i)), p.ParameterType));
        Expression body = Expression.Call(Expression.Convert(target, method.DeclaringType!), method, values);
        if (shape.IsValueTask)
        {
            body = Expression.Call(body, nameof(ValueTask.AsTask), null);
        }
        var task = shape.Result is null ? typeof(Task) : typeof(Task<>).MakeGenericType(shape.Result);
        return Expression.Lambda(
            typeof(Func<,,>).MakeGenericType(typeof(object), typeof(object[]), task), body, target, arguments)
            .Compile();
    }
}
