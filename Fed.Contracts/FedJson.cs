using System.Text.Json;
using System.Text.Json.Serialization;

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
        return options;
    }
}
