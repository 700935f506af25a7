using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;

namespace Fed.Silo.Storage;

/// <summary>
/// Grain state as JSON, whatever the provider: the members that bear <c>[Id]</c>, and nothing that follows from them.
/// Names are those of the members, so a renamed member is another format; Fed.Tests has a golden document of every state.
/// </summary>
public sealed class StateJson : IGrainStorageSerializer
{
    private const BindingFlags Members =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly JsonSerializerOptions s_options = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { KeepMarkedMembers } },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, s_options));

    /// <exception cref="JsonException">The bytes are no JSON document of this type.</exception>
    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input, s_options)!;

    /// <summary>Fields and members that are not public among them, with setters that are not public.</summary>
    private static void KeepMarkedMembers(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object || !info.Type.IsDefined(typeof(GenerateSerializerAttribute)))
            return;
        foreach (var derived in info.Properties.Where(IsUnmarked).ToArray())
            info.Properties.Remove(derived);
        for (var type = info.Type; type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var property in type.GetProperties(Members).Where(p => p.IsDefined(typeof(IdAttribute))))
            {
                var json = Find(info, property) ?? Add(info, property.PropertyType, property.Name);
                json.Get ??= property.GetValue;
                if (property.SetMethod is not null)
                    json.Set ??= property.SetValue;
            }

            foreach (var field in type.GetFields(Members).Where(f => f.IsDefined(typeof(IdAttribute))))
            {
                var json = Find(info, field) ?? Add(info, field.FieldType, field.Name);
                json.Get ??= field.GetValue;
                json.Set ??= field.SetValue;
            }
        }
    }

    private static bool IsUnmarked(JsonPropertyInfo property) =>
        property.AttributeProvider?.IsDefined(typeof(IdAttribute), inherit: true) != true;

    private static JsonPropertyInfo? Find(JsonTypeInfo info, MemberInfo member) =>
        info.Properties.FirstOrDefault(p => (p.AttributeProvider as MemberInfo)?.Name == member.Name);

    private static JsonPropertyInfo Add(JsonTypeInfo info, Type type, string name)
    {
        var property = info.CreateJsonPropertyInfo(type, name);
        info.Properties.Add(property);
        return property;
    }
}
