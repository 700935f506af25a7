using System.Globalization;
using System.Text.Json;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Scan;

/// <summary>What a stream holds.</summary>
public enum StreamKind
{
    Video,
    Audio,
    Subtitle,
    Other,
}

/// <summary>One stream, as ffprobe describes it.</summary>
/// <param name="Index">Within the file.</param>
/// <param name="Language">As tagged; null when it is not or is undetermined.</param>
/// <param name="FrameRate">Frames a second, on average; null where there are none.</param>
/// <param name="PixelFormat">ffmpeg's name; null for what has no pictures.</param>
/// <param name="FullRange">Whether black is 0, not 16.</param>
/// <param name="FieldOrder">ffprobe's word: <c>progressive</c>, <c>tt</c>, <c>bb</c>, <c>tb</c>, <c>bt</c>; null: it
/// says none.</param>
public sealed record MediaStream(
    int Index,
    StreamKind Kind,
    string Codec,
    string? Language,
    int Width,
    int Height,
    double? FrameRate,
    string? PixelFormat,
    bool FullRange,
    string? FieldOrder,
    int SampleRate,
    int Channels)
{
    /// <summary>As findings name it.</summary>
    public string Name => $"{Kind.ToString().ToLowerInvariant()} {Index}{(Language is null ? "" : $" ({Language})")}";
}

/// <summary>What a media file says of itself.</summary>
/// <param name="Path">As given.</param>
/// <param name="Duration">Seconds; 0: it does not say.</param>
/// <param name="Streams">Without cover pictures.</param>
public sealed record MediaFile(string Path, string Format, double Duration, IReadOnlyList<MediaStream> Streams)
{
    /// <exception cref="ScanException">It is missing, empty, a folder, or nothing that ffprobe knows.</exception>
    /// <exception cref="MediaToolException">ffprobe is not installed.</exception>
    public static async Task<MediaFile> ProbeAsync(string path, CancellationToken cancel)
    {
        ScanInput.RequireMedia(path);
        using var input = InputLink.To(path);
        var json = new System.Text.StringBuilder();
        var (code, complaints) = await MediaTool.RunAsync(
            "ffprobe",
            ["-v", "error", "-print_format", "json", "-show_format", "-show_streams", .. InputLink.Alone, input.Name],
            input.Folder,
            line => json.AppendLine(line),
            cancel);
        if (code != 0)
            throw new ScanException($"{path}: ffprobe cannot read it: {InputLink.Rename(complaints, input, path)}");
        using var document = JsonDocument.Parse(json.ToString());
        var format = document.RootElement.GetProperty("format");
        var name = Text(format, "format_name") ?? "unknown";
        if (ScanInput.IsList(name))
            throw ScanInput.AList(path, name);
        var streams = document.RootElement.GetProperty("streams").EnumerateArray()
            .Where(stream => Number(stream, "disposition", "attached_pic") != 1)
            .Select(Describe)
            .ToList();
        if (!streams.Exists(stream => stream.Kind is not StreamKind.Other))
            throw new ScanException($"{path}: it holds neither pictures nor sound nor subtitles");
        var duration = Real(Text(format, "duration")) ?? 0;
        // These say when they end; others how long they are.
        if (name.Contains("matroska", StringComparison.Ordinal) || name.Contains("mp4", StringComparison.Ordinal))
            duration = Math.Max(0, duration - Math.Max(0, Real(Text(format, "start_time")) ?? 0));
        return new MediaFile(path, name, duration, streams);
    }

    private static MediaStream Describe(JsonElement stream) => new(
        stream.GetProperty("index").GetInt32(),
        Text(stream, "codec_type") switch
        {
            "video" => StreamKind.Video,
            "audio" => StreamKind.Audio,
            "subtitle" => StreamKind.Subtitle,
            _ => StreamKind.Other,
        },
        Text(stream, "codec_name") ?? "unknown",
        Text(stream, "tags", "language") is { } language and not "und" ? language : null,
        Number(stream, "width"),
        Number(stream, "height"),
        Text(stream, "codec_type") == "video" ? Rate(Text(stream, "avg_frame_rate")) : null,
        Text(stream, "pix_fmt"),
        Text(stream, "color_range") == "pc" || Text(stream, "pix_fmt") is ['y', 'u', 'v', 'j', ..],
        Text(stream, "field_order") is { } order and not "unknown" ? order : null,
        int.TryParse(Text(stream, "sample_rate"), CultureInfo.InvariantCulture, out var rate) ? rate : 0,
        Number(stream, "channels"));

    private static string? Text(JsonElement parent, params string[] path)
    {
        foreach (var name in path)
        {
            if (!parent.TryGetProperty(name, out parent))
                return null;
        }

        return parent.ValueKind == JsonValueKind.String ? parent.GetString() : null;
    }

    private static int Number(JsonElement parent, params string[] path)
    {
        foreach (var name in path)
        {
            if (!parent.TryGetProperty(name, out parent))
                return 0;
        }

        return parent.ValueKind == JsonValueKind.Number && parent.TryGetInt32(out var value) ? value : 0;
    }

    private static double? Real(string? text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    /// <summary>"30000/1001"; "0/0" for what has no rate.</summary>
    private static double? Rate(string? text) =>
        text?.Split('/') is [var above, var below] && Real(above) is > 0 and var a && Real(below) is > 0 and var b
            ? a / b
            : null;
}
