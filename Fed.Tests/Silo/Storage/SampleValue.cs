using System.Collections;
using System.Reflection;

namespace Fed.Tests.Silo.Storage;

/// <summary>An object of any type of the contracts, with a value in every member: lists have one element.</summary>
internal static class SampleValue
{
    public static object? Of(Type type, string name = "value")
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return name;
        if (type == typeof(bool))
            return true;
        if (type == typeof(DateTimeOffset))
            return new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        if (type == typeof(TimeSpan))
            return TimeSpan.FromSeconds(90);
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1);
        if (type.IsPrimitive)
            return Convert.ChangeType(name.Length, type);
        return typeof(IEnumerable).IsAssignableFrom(type) ? Collection(type, name) : Object(type);
    }

    private static object Object(Type type)
    {
        var constructor = type.GetConstructors().OrderBy(known => known.GetParameters().Length).Last();
        var made = constructor.Invoke(
            [.. constructor.GetParameters().Select(parameter => Of(parameter.ParameterType, parameter.Name!))]);
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(property => property.SetMethod is not null && property.GetIndexParameters().Length == 0))
        {
            property.SetValue(made, Of(property.PropertyType, property.Name));
        }

        return made;
    }

    /// <summary>Of one element, made by adding it to what is empty, as immutable collections are.</summary>
    private static object Collection(Type type, string name)
    {
        var elements = type.GetGenericArguments();
        object?[] values = elements.Length == 2
            ? [Of(elements[0], "key"), Of(elements[1], name)]
            : [Of(type.IsArray ? type.GetElementType()! : elements[0], name)];
        if (type.GetField("Empty", BindingFlags.Static | BindingFlags.Public)?.GetValue(null) is { } empty)
            return type.GetMethod("Add", [.. elements])!.Invoke(empty, values)!;
        var made = elements.Length == 2
            ? typeof(Dictionary<,>).MakeGenericType(elements)
            : typeof(List<>).MakeGenericType(type.IsArray ? type.GetElementType()! : elements[0]);
        var list = Activator.CreateInstance(made)!;
        made.GetMethod("Add")!.Invoke(list, values);
        return type.IsArray ? made.GetMethod("ToArray")!.Invoke(list, null)! : list;
    }
}
