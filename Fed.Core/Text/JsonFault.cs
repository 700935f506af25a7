using System.Collections;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Fed.Core.Text;

/// <summary>
/// What a person needs to know of a JSON error: the place, the value, the reason and what is possible, without the
/// names of our types. It is found by going through the text beside the shape that it was to have, not from the words
/// of the serializer's error.
/// </summary>
public static class JsonFault
{
    private const int MaxReason = 200;
    private const int MaxQuoted = 60;
    private const int MaxName = 64;

    /// <param name="error">Of the serializer, or of <see cref="JsonText.RequireUtf8"/>.</param>
    /// <param name="json">What was read, without a byte order mark.</param>
    /// <param name="expected">What it was to be; null: any JSON without a name that stands there twice.</param>
    public static string Describe(JsonException error, ReadOnlySpan<byte> json, JsonTypeInfo? expected)
    {
        // That one is ours, and says all.
        if (!Utf8.IsValid(json))
            return error.Message;
        var options = new JsonReaderOptions { MaxDepth = expected?.Options.MaxDepth ?? 0 };
        try
        {
            var reader = new Utf8JsonReader(json, options);
            reader.Read();
            var fault = Find(ref reader, json, expected, "$");
            if (fault is null)
                reader.Read();
            return fault is { } found
                ? Say(json, found)
                : $"the JSON is not what is expected{At(error.Path)}";
        }
        catch (JsonException syntax)
        {
            var offset = JsonText.OffsetOf(json, syntax.LineNumber ?? 0, syntax.BytePositionInLine ?? 0);
            // The rest is the place in bytes.
            var end = syntax.Message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
            return Say(json, new Fault("$", offset, Cut(end < 0 ? syntax.Message : syntax.Message[..end], MaxReason)));
        }
    }

    private static string Say(ReadOnlySpan<byte> json, Fault fault)
    {
        var (line, column) = JsonText.PlaceOf(json, fault.Offset);
        return $"the JSON is not what is expected{At(fault.Path)} (line {line}, column {column}): {fault.Reason}";
    }

    private static string At(string? path) => string.IsNullOrEmpty(path) || path == "$" ? "" : $" at {path}";

    /// <summary>The first fault of the value at which the reader stands; it moves to the value's end.</summary>
    private static Fault? Find(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, JsonTypeInfo? type, string path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject
                when type is null or { Kind: JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary }:
                return FindInObject(ref reader, json, type, path);
            case JsonTokenType.StartArray when type is null or { Kind: JsonTypeInfoKind.Enumerable }:
                return FindInArray(ref reader, json, type, path);
            default:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                var value = json[start..(int)reader.BytesConsumed];
                var isNoDocument = path == "$" && value.SequenceEqual("null"u8);
                return type is null || (Fits(value, type) && !isNoDocument)
                    ? null
                    : new Fault(path, start, $"{Quote(value)} is not possible here; {Possible(type)}");
        }
    }

    private static Fault? FindInArray(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> json, JsonTypeInfo? type, string path)
    {
        var element = TypeOf(type?.ElementType, type);
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (Find(ref reader, json, element, $"{path}[{i}]") is { } fault)
                return fault;
        }

        return null;
    }

    private static Fault? FindInObject(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> json, JsonTypeInfo? type, string path)
    {
        var start = (int)reader.TokenStartIndex;
        var properties = type?.Kind == JsonTypeInfoKind.Object ? type.Properties : null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var place = (int)reader.TokenStartIndex;
            if (!seen.Add(name))
                return new Fault(path, place, $"the property '{Cut(name, MaxName)}' stands there twice");
            var property = properties?.FirstOrDefault(one => one.Name == name);
            if (properties is not null && property is null && IsStrict(type!))
                return new Fault(path, place, $"there is no property '{Cut(name, MaxName)}'");
            reader.Read();
            if (property is not null && reader.TokenType == JsonTokenType.Null && !TakesNull(property))
                return new Fault($"{path}.{name}", (int)reader.TokenStartIndex, $"{name} must not be null");
            var value = property is null
                ? TypeOf(type?.ElementType, type)
                // What a converter of its own takes, only that converter knows.
                : property.CustomConverter is null ? TypeOf(property.PropertyType, type) : null;
            if (Find(ref reader, json, value, $"{path}.{name}") is { } fault)
                return fault;
        }

        var missing = properties?.Where(property => IsRequired(property) && !seen.Contains(property.Name)).ToArray();
        return missing is { Length: > 0 }
            ? new Fault(path, start, $"missing {string.Join(", ", missing.Select(property => $"'{property.Name}'"))}")
            : null;
    }

    private static JsonTypeInfo? TypeOf(Type? type, JsonTypeInfo? owner) =>
        type is null ? null : owner!.Options.GetTypeInfo(type);

    private static bool IsStrict(JsonTypeInfo type) =>
        (type.UnmappedMemberHandling ?? type.Options.UnmappedMemberHandling) == JsonUnmappedMemberHandling.Disallow;

    /// <summary>Of value types, their own converter says so.</summary>
    private static bool TakesNull(JsonPropertyInfo property) => property.PropertyType.IsValueType
        || (property.IsSetNullable && property.AssociatedParameter?.IsNullable != false);

    private static bool IsRequired(JsonPropertyInfo property) => property.IsRequired
        || (property.Options.RespectRequiredConstructorParameters
            && property.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false });

    private static bool Fits(ReadOnlySpan<byte> value, JsonTypeInfo type)
    {
        try
        {
            JsonSerializer.Deserialize(value, type);
            return true;
        }
        catch (JsonException)
        {
            // Asked for just this.
            return false;
        }
    }

    private static string Quote(ReadOnlySpan<byte> value) =>
        Cut(Encoding.UTF8.GetString(value).ReplaceLineEndings(" "), MaxQuoted);

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most] + "...";

    private static string Possible(JsonTypeInfo expected)
    {
        var type = Nullable.GetUnderlyingType(expected.Type) ?? expected.Type;
        return type switch
        {
            _ when expected.Kind == JsonTypeInfoKind.Dictionary => "it must be an object in braces",
            { IsEnum: true } =>
                $"it must be {string.Join(" or ", Enum.GetNames(type).Select(name => $"\"{CamelCase(name)}\""))}",
            _ when type == typeof(int) => $"it must be a whole number, {int.MinValue} to {int.MaxValue}",
            _ when type == typeof(long) => $"it must be a whole number, {long.MinValue} to {long.MaxValue}",
            _ when type == typeof(float) || type == typeof(double) => "it must be a number",
            _ when type == typeof(string) => "it must be a text in quotes",
            _ when type == typeof(bool) => "it must be true or false",
            _ when type.IsAssignableTo(typeof(IEnumerable)) => "it must be a list in square brackets",
            _ => "it must be an object in braces",
        };
    }

    private static string CamelCase(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    private sealed record Fault(string Path, int Offset, string Reason);
}
