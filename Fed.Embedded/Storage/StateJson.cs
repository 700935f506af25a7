using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orleans;

namespace Fed.Embedded.Storage;

/// <summary>Grain state as JSON: public properties, and whatever bears [Id].</summary>
internal static class StateJson
{
    private const BindingFlags Members =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly JsonSerializerOptions s_options = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { AddMarkedMembers } },
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static byte[] Serialize<T>(T state) => JsonSerializer.SerializeToUtf8Bytes(state, s_options);

    public static T? Deserialize<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<T>(json, s_options);

    /// <summary>Adds fields and non-public members with [Id], and setters that are not public.</summary>
    private static void AddMarkedMembers(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object || !info.Type.IsDefined(typeof(GenerateSerializerAttribute)))
        {
            return;
        }
        for (var type = info.Type; type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var property in type.GetProperties(Members).Where(p => p.IsDefined(typeof(IdAttribute))))
            {
                var json = Find(info, property) ?? Add(info, property.PropertyType, property.Name);
                json.Get ??= property.GetValue;
                if (property.SetMethod is not null)
                {
                    json.Set ??= property.SetValue;
                }
            }
            foreach (var field in type.GetFields(Members).Where(f => f.IsDefined(typeof(IdAttribute))))
            {
                var json = Find(info, field) ?? Add(info, field.FieldType, field.Name);
                json.Get ??= field.GetValue;
                json.Set ??= field.SetValue;
            }
        }
    }

    private static JsonPropertyInfo? Find(JsonTypeInfo info, MemberInfo member) =>
        info.Properties.FirstOrDefault(p => (p.AttributeProvider as MemberInfo)?.Name == member.Name);

    private static JsonPropertyInfo Add(JsonTypeInfo info, Type type, string name)
    {
        var property = info.CreateJsonPropertyInfo(type, name);
        info.Properties.Add(property);
        return property;
    }
}
