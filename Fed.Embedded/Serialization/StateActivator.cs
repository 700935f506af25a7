using System.Runtime.CompilerServices;

namespace Fed.Embedded.Serialization;

/// <summary>Makes the state of a grain that has none stored.</summary>
internal static class StateActivator
{
    /// <summary>By the parameterless constructor; without one, an object whose members are all default.</summary>
    public static T Create<T>()
    {
        var type = typeof(T);
        if (type.IsValueType)
        {
            return default!;
        }
        if (type == typeof(string) || type.IsArray || type.IsAbstract)
        {
            return default!;
        }
        return (T)(type.GetConstructor(Type.EmptyTypes) is null
            ? RuntimeHelpers.GetUninitializedObject(type)
            : Activator.CreateInstance(type)!);
    }
}
