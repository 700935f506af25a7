using System.Globalization;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Anonymise;

/// <summary>What the blurred pictures are encoded with.</summary>
/// <param name="Name">ffmpeg's, such as <c>libx264</c>.</param>
/// <param name="Quality">In the encoder's own scale, where less is better; null: it is lossless.</param>
public sealed record PictureEncoder(string Name, int? Quality)
{
    private sealed record Kind(
        string[] Options, string? QualityOption, int Least, int Most, int Usual, string? ParametersOption = null);

    private static readonly Dictionary<string, Kind> s_kinds = new(StringComparer.Ordinal)
    {
        ["libx264"] = new(["-preset", "fast"], "-crf", 0, 51, 18, "-x264-params"),
        ["libx265"] = new(["-preset", "fast"], "-crf", 0, 51, 20, "-x265-params"),
        ["libvpx-vp9"] = new(["-b:v", "0", "-row-mt", "1", "-deadline", "good", "-cpu-used", "4"], "-crf", 0, 63, 24),
        ["libsvtav1"] = new(["-preset", "8"], "-crf", 0, 63, 24),
        ["mpeg2video"] = new(["-g", "12", "-bf", "2"], "-q:v", 1, 31, 2),
        ["mpeg4"] = new([], "-q:v", 1, 31, 2),
        ["wmv2"] = new([], "-q:v", 1, 31, 2),
        ["libtheora"] = new([], "-q:v", 0, 10, 9),
        ["mjpeg"] = new(["-huffman", "optimal"], "-q:v", 1, 31, 2),
        ["prores_ks"] = new(["-profile:v", "hq"], null, 0, 0, 0),
        ["ffv1"] = new(["-level", "3"], null, 0, 0, 0),
        ["png"] = new([], null, 0, 0, 0),
        ["tiff"] = new([], null, 0, 0, 0),
        ["bmp"] = new([], null, 0, 0, 0),
    };

    /// <summary>Encoders that an ending takes, the usual one first.</summary>
    private static readonly Dictionary<string, string[]> s_endings = new(StringComparer.OrdinalIgnoreCase)
    {
        [".mp4"] = ["libx264", "libx265", "libsvtav1", "libvpx-vp9"],
        [".m4v"] = ["libx264", "libx265"],
        [".mov"] = ["libx264", "libx265", "prores_ks", "mjpeg"],
        [".mkv"] = ["libx264", "libx265", "libsvtav1", "libvpx-vp9", "mpeg2video", "prores_ks", "ffv1", "mjpeg"],
        [".webm"] = ["libvpx-vp9", "libsvtav1"],
        [".ts"] = ["libx264", "libx265", "mpeg2video"],
        [".m2ts"] = ["libx264", "libx265", "mpeg2video"],
        [".mts"] = ["libx264", "libx265", "mpeg2video"],
        [".mpg"] = ["mpeg2video"],
        [".mpeg"] = ["mpeg2video"],
        [".vob"] = ["mpeg2video"],
        [".mxf"] = ["mpeg2video", "libx264", "prores_ks"],
        [".avi"] = ["libx264", "mpeg4", "mjpeg", "ffv1"],
        [".flv"] = ["libx264"],
        [".3gp"] = ["libx264"],
        [".wmv"] = ["wmv2"],
        [".ogv"] = ["libtheora"],
        [".png"] = ["png"],
        [".jpg"] = ["mjpeg"],
        [".jpeg"] = ["mjpeg"],
        [".tif"] = ["tiff"],
        [".tiff"] = ["tiff"],
        [".bmp"] = ["bmp"],
    };

    /// <summary>Names that can be chosen.</summary>
    public static IReadOnlyCollection<string> Names => s_kinds.Keys;

    /// <summary>Endings of files that can be written.</summary>
    public static IReadOnlyCollection<string> Endings => s_endings.Keys;

    /// <summary>Endings of single pictures.</summary>
    public static IReadOnlyList<string> StillEndings { get; } = [".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"];

    /// <param name="output">Its ending says what can be taken.</param>
    /// <param name="codec">Of the source: the same is taken where the ending allows it.</param>
    /// <param name="name">One that was asked for; null: the usual one.</param>
    /// <param name="quality">Asked for; null: the usual one.</param>
    /// <exception cref="ScanException">The ending takes no such encoder, or the encoder no such quality.</exception>
    public static PictureEncoder For(string output, string codec, string? name, int? quality)
    {
        var ending = Path.GetExtension(output);
        if (!s_endings.TryGetValue(ending, out var encoders))
        {
            throw new ScanException(
                $"{output}: files with this ending cannot be written; give one of {string.Join(", ", Endings)}");
        }

        if (name is not null && !encoders.Contains(name))
            throw new ScanException($"{output}: encoder {name} is not for {ending}; take {string.Join(" or ", encoders)}");
        var chosen = name ?? encoders.FirstOrDefault(each => each == UsualFor(codec)) ?? encoders[0];
        var kind = s_kinds[chosen];
        if (kind.QualityOption is null)
        {
            return quality is null
                ? new(chosen, null)
                : throw new ScanException($"{output}: encoder {chosen} takes no quality");
        }

        return quality is null || (quality >= kind.Least && quality <= kind.Most)
            ? new(chosen, quality ?? kind.Usual)
            : throw new ScanException(
                $"{output}: quality of encoder {chosen} is {kind.Least} to {kind.Most}, not {quality}");
    }

    /// <summary>ffmpeg's options.</summary>
    /// <param name="topFirst">Of interlaced pictures, whether the upper field comes first; null: progressive.</param>
    internal IEnumerable<string> Arguments(bool? topFirst)
    {
        var kind = s_kinds[Name];
        yield return "-c:v";
        yield return Name;
        foreach (var option in kind.Options)
            yield return option;
        if (kind.QualityOption is { } quality)
        {
            yield return quality;
            yield return Quality!.Value.ToString(CultureInfo.InvariantCulture);
        }

        var parameters = Name == "libx265" ? "log-level=error" : "";
        if (topFirst is { } top)
        {
            yield return "-flags";
            yield return "+ildct+ilme";
            var order = top ? "tff" : "bff";
            parameters += Name switch
            {
                "libx264" => $"{order}=1",
                "libx265" => $":interlace={order}",
                _ => "",
            };
        }

        if (parameters.Length > 0)
        {
            yield return kind.ParametersOption!;
            yield return parameters;
        }
    }

    private static string? UsualFor(string codec) => codec switch
    {
        "h264" => "libx264",
        "hevc" => "libx265",
        "vp9" or "vp8" => "libvpx-vp9",
        "av1" => "libsvtav1",
        "mpeg1video" => "mpeg2video",
        "prores" => "prores_ks",
        "theora" => "libtheora",
        "wmv3" or "wmv1" or "vc1" => "wmv2",
        _ => codec,
    };
}
