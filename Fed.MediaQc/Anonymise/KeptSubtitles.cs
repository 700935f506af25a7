namespace Fed.MediaQc.Anonymise;

/// <summary>What becomes of a stream of subtitles in another container.</summary>
internal static class KeptSubtitles
{
    private const string Copy = "copy";

    private static readonly string[] s_texts = ["subrip", "srt", "mov_text", "webvtt", "ass", "ssa", "text"];

    /// <param name="codec">Of the source.</param>
    /// <param name="ending">Of the output.</param>
    /// <returns>ffmpeg's codec for <c>-c:s</c>; null: the container holds none of the kind.</returns>
    public static string? CodecFor(string codec, string ending)
    {
        var isText = s_texts.Contains(codec);
        return ending.ToLowerInvariant() switch
        {
            ".mp4" or ".m4v" or ".mov" or ".3gp" => codec is "mov_text" or "dvd_subtitle" ? Copy : isText ? "mov_text" : null,
            ".mkv" => codec == "mov_text" ? "srt" : Copy,
            ".webm" => codec == "webvtt" ? Copy : isText ? "webvtt" : null,
            ".ts" or ".m2ts" or ".mts" => codec is "dvb_subtitle" or "dvb_teletext" or "hdmv_pgs_subtitle" ? Copy : null,
            ".mpg" or ".mpeg" or ".vob" => codec == "dvd_subtitle" ? Copy : null,
            _ => null,
        };
    }
}
