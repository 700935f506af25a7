using System.Collections;
using System.Linq.Expressions;
using System.Reflection;

namespace Fed.Embedded.Serialization;

/// <summary>Hands over the value itself.</summary>
internal sealed class SharePlan : CopyPlan
{
    public static SharePlan Instance { get; } = new();

    public override object Copy(object value, CopyContext context) => value;
}

/// <summary>Copies an array, and its elements unless they may be shared.</summary>
internal sealed class ArrayPlan(CopyPlan? element) : CopyPlan
{
    public override object Copy(object value, CopyContext context)
    {
        if (context.TryGet(value, out var known))
        {
            return known;
        }
        var copy = (Array)((Array)value).Clone();
        context.Add(value, copy);
        if (element is not null)
        {
            if (copy.Rank > 1)
            {
                throw new Orleans.Serialization.CodecNotFoundException(
                    $"{value.GetType()} holds mutable elements in several dimensions; use an array of arrays.");
            }
            for (var i = 0; i < copy.Length; i++)
            {
                copy.SetValue(copy.GetValue(i) is { } item ? element.Copy(item, context) : null, i);
            }
        }
        return copy;
    }
}

/// <summary>Copies a collection by making a new one from copies of its elements.</summary>
internal sealed class CollectionPlan(Func<object, object> shallow, Func<IEnumerable, CopyContext, object>? deep)
    : CopyPlan
{
    public override object Copy(object value, CopyContext context)
    {
        if (context.TryGet(value, out var known))
        {
            return known;
        }
        var copy = deep is null ? shallow(value) : deep((IEnumerable)value, context);
        if (!context.TryGet(value, out _))
        {
            context.Add(value, copy);
        }
        return copy;
    }
}

/// <summary>Copies an object field by field.</summary>
internal sealed class FieldsPlan(Type type) : CopyPlan
{
    private static readonly Func<object, object> s_clone = CompileClone();
    private (FieldInfo Field, CopyPlan Plan)[]? _mutable;

    public override object Copy(object value, CopyContext context)
    {
        if (context.TryGet(value, out var known))
        {
            return known;
        }
        _mutable ??= [.. CopyRules.Fields(type)
            .Select(field => (field, CopyPlan.For(field.FieldType)!))
            .Where(pair => pair.Item2 is not null)];
        var copy = s_clone(value);
        context.Add(value, copy);
        foreach (var (field, plan) in _mutable)
        {
            if (field.GetValue(value) is { } item)
            {
                field.SetValue(copy, plan.Copy(item, context));
            }
        }
        return copy;
    }

    private static Func<object, object> CompileClone()
    {
        var value = Expression.Parameter(typeof(object));
        var clone = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;
        return Expression.Lambda<Func<object, object>>(Expression.Call(value, clone), value).Compile();
    }
}
