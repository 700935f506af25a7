using System.Globalization;
using System.Text.Json;

namespace Fed.MediaQc.Learned;

/// <summary>What an ONNX file of a federation says of itself, in its metadata: what goes in, what comes out, and which
/// version it is.</summary>
/// <param name="Task">Name of the task, such as <c>media-qc</c>.</param>
/// <param name="Classes">Class names, in the order of the outputs.</param>
/// <param name="Features">Key of the feature extraction that makes the inputs.</param>
/// <param name="Federation">That trained it; null: it is not said.</param>
/// <param name="Version">The federation's global version; null: it is not said.</param>
/// <param name="VersionSha256">Of the version's safetensors file, as manifests name it; null: it is not said.</param>
/// <param name="Extractor">SHA-256 of the file of frozen layers that the version is behind, and that are in this file
/// too; null: the federation has trained all layers, or it is not said.</param>
/// <param name="Tuned">How it was trained further by a house for itself; null: it is the federation's.</param>
public sealed record ModelCard(
    string Task,
    IReadOnlyList<string> Classes,
    string Features,
    string? Federation = null,
    long? Version = null,
    string? VersionSha256 = null,
    string? Tuned = null,
    string? Extractor = null)
{
    public IReadOnlyDictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string>
        {
            ["task"] = Task,
            ["classes"] = JsonSerializer.Serialize(Classes),
            ["features"] = Features,
        };
        if (Federation is not null)
            metadata["federation"] = Federation;
        if (Version is { } version)
            metadata["version"] = version.ToString(CultureInfo.InvariantCulture);
        if (VersionSha256 is not null)
            metadata["versionSha256"] = VersionSha256;
        if (Tuned is not null)
            metadata["tuned"] = Tuned;
        if (Extractor is not null)
            metadata["extractor"] = Extractor;
        return metadata;
    }

    /// <exception cref="FormatException">Something is missing or cannot be read; the message says what.</exception>
    public static ModelCard FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        return new(
            Required("task"),
            ClassNames(Required("classes")),
            Required("features"),
            metadata.GetValueOrDefault("federation"),
            metadata.TryGetValue("version", out var text)
                ? long.TryParse(text, CultureInfo.InvariantCulture, out var version)
                    ? version
                    : throw new FormatException($"its metadata's version is '{text}', no number")
                : null,
            metadata.GetValueOrDefault("versionSha256"),
            metadata.GetValueOrDefault("tuned"),
            metadata.GetValueOrDefault("extractor"));

        string Required(string key) => metadata.TryGetValue(key, out var value)
            ? value
            : throw new FormatException(
                $"its metadata have no '{key}': it is not a QC model; 'fed model export' writes such files");
    }

    private static string[] ClassNames(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(json) is { Length: >= 2 } names
                ? names
                : throw new FormatException("its metadata's classes are fewer than two");
        }
        catch (JsonException error)
        {
            throw new FormatException($"its metadata's classes are no JSON list of names: {json}", error);
        }
    }
}
