using System.Text.Json.Serialization;

namespace Fed.MediaQc.Files;

/// <summary>The JSON header of a .fqc file.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Features">Key of the feature extraction.</param>
/// <param name="Shape">Stored shape of a patch: frames, height, width; sides 1 to 4096.</param>
/// <param name="Classes">Class names, 2 to 255.</param>
/// <param name="Count">Number of patches.</param>
/// <param name="Sources">Source identifiers.</param>
/// <param name="PayloadBytes">Compressed bytes between header and checksum.</param>
public sealed record FqcHeader(
    [property: JsonRequired] string Task,
    [property: JsonRequired] string Features,
    [property: JsonRequired] int[] Shape,
    [property: JsonRequired] string[] Classes,
    [property: JsonRequired] int Count,
    [property: JsonRequired] string[] Sources,
    [property: JsonRequired] long PayloadBytes)
{
    /// <summary>Why the header cannot be right, or null.</summary>
    public string? Problem()
    {
        if (Shape is not { Length: 3 } || Shape.Any(side => side is < 1 or > 4096))
            return $"the shape must be frames, height, width, each 1 to 4096, not [{string.Join(',', Shape ?? [])}]";
        if (Classes is not { Length: >= 2 and <= 255 })
            return "there must be 2 to 255 classes";
        if (Count < 0 || PayloadBytes < 0 || Sources is null)
            return "the count or the payload length is negative, or the sources are absent";
        return (long)Count * Shape[0] * Shape[1] * Shape[2] > 1L << 30
            ? $"{Count} patches of [{string.Join(',', Shape)}] are more than 1 GiB"
            : null;
    }
}
