using System.Globalization;
using System.Text;
using System.Text.Json;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Anonymise;

/// <summary>What has to be known of a stream of pictures to take it apart and to put it together again.</summary>
/// <param name="Stream">Its number in the file.</param>
/// <param name="Width">Upright: after the rotation that the file asks for.</param>
/// <param name="Rate">Pictures a second, as ffmpeg takes it: <c>30000/1001</c>.</param>
/// <param name="IsVariable">Whether pictures come at other times than at this rate.</param>
/// <param name="IsStill">One picture, such as a PNG or JPEG file.</param>
/// <param name="Rotation">Degrees that the file asks for.</param>
/// <param name="TopFirst">Of interlaced pictures, whether the upper field comes first; null: progressive.</param>
/// <param name="Tags">What <c>setparams</c> takes of its colours.</param>
/// <param name="Offset">Seconds by which the first picture comes later than what comes first in the file.</param>
/// <param name="Aspect">Of a pixel, such as <c>16:15</c>; null: it is not said.</param>
internal sealed record SourcePictures(
    int Stream,
    string Codec,
    string PixelFormat,
    int Width,
    int Height,
    string Rate,
    bool IsVariable,
    bool IsStill,
    int Rotation,
    bool? TopFirst,
    bool IsFullRange,
    string Tags,
    double Offset,
    string? Aspect)
{
    /// <summary>Pictures a second.</summary>
    public double FrameRate => Real(Rate) ?? 25;

    /// <param name="media">The file, with a stream of pictures.</param>
    /// <exception cref="ScanException">Its first picture cannot be decoded.</exception>
    public static async Task<SourcePictures> ProbeAsync(MediaFile media, InputLink input, CancellationToken cancel)
    {
        var video = media.Streams.First(stream => stream.Kind == StreamKind.Video);
        var json = new StringBuilder();
        // What the first picture says holds also where the file as a whole says nothing, as in JPEG.
        var (code, complaints) = await MediaTool.RunAsync(
            "ffprobe",
            [
                "-v", "error", "-print_format", "json", "-select_streams", $"{video.Index}", "-show_format",
                "-show_streams", "-show_frames", "-read_intervals", "%+#1", .. InputLink.Alone, "-i", input.Name,
            ],
            input.Folder,
            line => json.AppendLine(line),
            cancel);
        using var document = JsonDocument.Parse(json.Length > 0 ? json.ToString() : "{}");
        if (code != 0 || !document.RootElement.TryGetProperty("frames", out var frames) || frames.GetArrayLength() == 0)
        {
            throw new ScanException($"{media.Path}: its pictures cannot be decoded: "
                + InputLink.Rename(complaints, input, media.Path));
        }

        var stream = document.RootElement.GetProperty("streams")[0];
        var (begin, first) = (Start(stream), Start(document.RootElement.GetProperty("format")));
        if (IsStillFormat(media.Format))
            StillPicture.RequireUprightAndSingle(media.Path);
        return Describe(video, stream, frames[0], IsStillFormat(media.Format)) with { Offset = begin - first ?? 0 };

        static double? Start(JsonElement of) =>
            double.TryParse(Text(of, "start_time"), CultureInfo.InvariantCulture, out var start) ? start : null;
    }

    private static SourcePictures Describe(MediaStream video, JsonElement stream, JsonElement frame, bool isStill)
    {
        var rotation = Rotated(frame) ?? Rotated(stream) ?? 0;
        var (width, height) = (frame.GetProperty("width").GetInt32(), frame.GetProperty("height").GetInt32());
        var format = Text(frame, "pix_fmt") ?? video.PixelFormat ?? "yuv420p";
        var isInterlaced = frame.TryGetProperty("interlaced_frame", out var interlaced) && interlaced.GetInt32() == 1;
        var isTurned = rotation % 180 != 0;
        var (rate, isVariable) = RateOf(Text(stream, "r_frame_rate"), Text(stream, "avg_frame_rate"));
        var aspect = Text(frame, "sample_aspect_ratio") is { } ratio && ratio is not ("0:1" or "N/A") ? ratio : null;
        if (aspect is not null && isTurned)
            aspect = string.Join(':', aspect.Split(':').Reverse());
        return new(
            video.Index,
            video.Codec,
            format,
            isTurned ? height : width,
            isTurned ? width : height,
            rate,
            isVariable && !isStill,
            isStill,
            rotation,
            isInterlaced ? frame.TryGetProperty("top_field_first", out var top) && top.GetInt32() == 1 : null,
            Text(frame, "color_range") == "pc" || format.StartsWith("yuvj", StringComparison.Ordinal)
                || format.StartsWith("gbr", StringComparison.Ordinal),
            string.Join(':', ColourTags(frame)),
            Offset: 0,
            aspect);
    }

    private static bool IsStillFormat(string format) =>
        format == "image2" || format.EndsWith("_pipe", StringComparison.Ordinal);

    private static IEnumerable<string> ColourTags(JsonElement frame)
    {
        foreach (var (name, option) in new[]
        {
            ("color_range", "range"), ("color_primaries", "color_primaries"),
            ("color_transfer", "color_trc"), ("color_space", "colorspace"),
        })
        {
            if (Text(frame, name) is { } value && value is not ("unknown" or "reserved"))
                yield return $"{option}={value}";
        }
    }

    /// <summary>The nominal rate, unless the file only says in what units it counts time.</summary>
    private static (string Rate, bool IsVariable) RateOf(string? nominal, string? mean)
    {
        var (most, usual) = (Real(nominal), Real(mean));
        if (usual is not { } average)
            return most is > 0 and <= 240 ? (nominal!, false) : ("25/1", true);
        if (most is not { } rate || Math.Abs((rate / average) - 1) < 0.005)
            return (mean!, false);
        // Twice as many are fields.
        return Math.Abs((rate / average) - 2) < 0.005 ? (mean!, false)
            : rate <= Math.Min(240, 4 * average) ? (nominal!, true)
            : (mean!, true);
    }

    private static double? Real(string? text) => text?.Split('/') is [var above, var below]
        && double.TryParse(above, CultureInfo.InvariantCulture, out var a)
        && double.TryParse(below, CultureInfo.InvariantCulture, out var b) && a > 0 && b > 0
        ? a / b
        : null;

    private static int? Rotated(JsonElement of)
    {
        if (!of.TryGetProperty("side_data_list", out var list))
            return null;
        foreach (var data in list.EnumerateArray())
        {
            if (data.TryGetProperty("rotation", out var rotation))
                return (int)Math.Round(rotation.GetDouble());
        }

        return null;
    }

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
