using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fed.Core.Text;

namespace Fed.MediaQc.Files;

/// <summary>Reads the JSON files that people write, and says what is wrong with one, and where.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <param name="what">What the file is to be, for messages.</param>
    /// <exception cref="DataFileException">It is not.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static T Read<T>(string path, JsonSerializerOptions options, string what)
        where T : class
    {
        options.MakeReadOnly(populateMissingResolver: true);
        var type = options.GetTypeInfo(typeof(T));
        return Read(path, what, type, json => JsonSerializer.Deserialize<T>(json.Span, options));
    }

    /// <summary>As it stands, without a byte order mark.</summary>
    /// <inheritdoc cref="Read{T}(string, JsonSerializerOptions, string)"/>
    public static string ReadText(string path, string what) => Read(path, what, null, json =>
    {
        using var parsed = JsonDocument.Parse(json, Strict);
        return Encoding.UTF8.GetString(json.Span);
    });

    private static T Read<T>(string path, string what, JsonTypeInfo? type, Func<ReadOnlyMemory<byte>, T?> read)
        where T : class
    {
        ReadOnlyMemory<byte> json = File.ReadAllBytes(path);
        try
        {
            json = json[^JsonText.RequireUtf8(json.Span).Length..];
            return read(json) ?? throw new DataFileException(path, $"this is not {what}: it is null");
        }
        catch (JsonException error)
        {
            throw new DataFileException(
                path, $"this is not {what}: {JsonFault.Describe(error, json.Span, type)}", error);
        }
    }
}
