using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Fed.Embedded.Serialization;

/// <summary>Which types may be shared, which are copied, and which are refused.</summary>
internal static class CopyRules
{
    private static readonly HashSet<Type> s_immutable =
    [
        typeof(string), typeof(decimal), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly),
        typeof(TimeOnly), typeof(Guid), typeof(Half), typeof(Int128), typeof(UInt128), typeof(BigInteger),
        typeof(Complex), typeof(Uri), typeof(Version), typeof(CancellationToken), typeof(IPAddress), typeof(IPEndPoint),
        typeof(CultureInfo), typeof(GrainId), typeof(GrainType), typeof(IdSpan), typeof(GrainInterfaceType),
        typeof(DBNull), typeof(Index), typeof(Range),
    ];

    private static readonly ConcurrentDictionary<Type, bool> s_shared = new();

    /// <summary>Whether values declared as this type can be handed over as they are.</summary>
    public static bool IsShared(Type type)
    {
        if (s_shared.TryGetValue(type, out var known))
        {
            return known;
        }
        // A type that contains itself is copied; the placeholder ends the recursion.
        s_shared[type] = false;
        return s_shared[type] = Decide(type);
    }

    /// <exception cref="CodecNotFoundException">Values of this type cannot cross a call.</exception>
    public static CopyPlan Plan(Type type)
    {
        if (IsShared(type) || typeof(GrainReference).IsAssignableFrom(type) || typeof(Exception).IsAssignableFrom(type)
            || typeof(Type).IsAssignableFrom(type))
        {
            return SharePlan.Instance;
        }
        if (typeof(IGrainBase).IsAssignableFrom(type))
        {
            throw new CodecNotFoundException(
                $"{type} is a grain object and cannot be passed to another grain; pass this.AsReference<T>().");
        }
        if (type.IsArray)
        {
            return new ArrayPlan(CopyPlan.For(type.GetElementType()!));
        }
        if (CollectionPlans.For(type) is { } collection)
        {
            return collection;
        }
        return IsFieldwise(type)
            ? new FieldsPlan(type)
            : throw new CodecNotFoundException(
                $"Could not find a copier for type {type}. Mark it with [GenerateSerializer] and its members with "
                + "[Id(n)], or use an array, a List or a Dictionary.");
    }

    /// <summary>All instance fields, of base classes too.</summary>
    public static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (var t = type; t is not null && t != typeof(object); t = t.BaseType)
        {
            foreach (var field in t.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }

    private static bool Decide(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || s_immutable.Contains(type) || type.IsDefined(typeof(ImmutableAttribute)))
        {
            return true;
        }
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return IsShared(underlying);
        }
        if (type.Namespace is "System.Collections.Immutable" or "System.Collections.Frozen" && type.IsGenericType)
        {
            return Array.TrueForAll(type.GetGenericArguments(), IsShared);
        }
        return (type.IsValueType || type.IsSealed) && IsFieldwise(type)
            && Fields(type).All(field => (field.IsInitOnly || type.IsValueType) && IsShared(field.FieldType));
    }

    private static bool IsFieldwise(Type type) => type.IsDefined(typeof(GenerateSerializerAttribute), false)
        || (typeof(ITuple).IsAssignableFrom(type) && type.Namespace == "System")
        || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
        || (type.IsGenericType && type.GetGenericTypeDefinition().FullName!.StartsWith(
            "System.Collections.Immutable.", StringComparison.Ordinal));
}
