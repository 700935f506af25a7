using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Fed.Contracts;

/// <summary>
/// The one JSON dialect of the project: camelCase, enums as camelCase names, unknown and duplicate properties refused.
/// </summary>
public static class FedJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(), indented: false);

    /// <summary>For files that people read.</summary>
    public static JsonSerializerOptions Indented { get; } = Configure(new JsonSerializerOptions(), indented: true);

    /// <summary>Applies the dialect to options that a framework has made.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options, bool indented = false)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.AllowDuplicateProperties = false;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 32;
        options.WriteIndented = indented;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { ConvertDocuments } };
        return options;
    }

    private static void ConvertDocuments(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AttributeProvider?.IsDefined(typeof(JsonDocumentTextAttribute), inherit: false) == true)
                property.CustomConverter = DocumentConverter.Instance;
        }
    }

    private sealed class DocumentConverter : JsonConverter<string>
    {
        public static DocumentConverter Instance { get; } = new();

        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
                return reader.GetString();
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new JsonException("it must be an object in braces");
            using var document = JsonDocument.ParseValue(ref reader);
            return JsonSerializer.Serialize(document.RootElement);
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
        {
            JsonDocument document;
            try
            {
                document = JsonDocument.Parse(value);
            }
            catch (JsonException)
            {
                // It is for who reads the document to refuse it, by its own rules.
                writer.WriteStringValue(value);
                return;
            }

            using (document)
                document.WriteTo(writer);
        }
    }
}

/// <summary>
/// A text that is a JSON object: in <see cref="FedJson"/> it stands as that object; it is read as a text too.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class JsonDocumentTextAttribute : Attribute;
