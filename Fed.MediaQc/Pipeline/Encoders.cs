namespace Fed.MediaQc.Pipeline;

/// <summary>The encoders that the pipeline drives, and what makes each of them repeatable.</summary>
public static class Encoders
{
    private static readonly Dictionary<string, string> SingleThreaded = new()
    {
        ["mpeg2video"] = "-threads 1",
        ["libx264"] = "-threads 1 -x264-params threads=1:lookahead-threads=1:sliced-threads=0",
        ["libx265"] = "-x265-params pools=none:frame-threads=1:log-level=none",
        ["libvpx-vp9"] = "-threads 1 -row-mt 0",
        ["libaom-av1"] = "-threads 1 -row-mt 0",
        ["libsvtav1"] = "-svtav1-params lp=1",
        ["librav1e"] = "-rav1e-params threads=1",
    };

    public static IReadOnlyCollection<string> Known => SingleThreaded.Keys;

    /// <summary>
    /// ffmpeg's output options. A house's own <c>-x265-params</c> and the like would replace ours, so they are merged.
    /// </summary>
    /// <param name="encoder">One of <see cref="Known"/>.</param>
    /// <param name="options">Options of the house and of the setting.</param>
    public static IReadOnlyList<string> Arguments(string encoder, string options)
    {
        var result = new List<string> { "-c:v", encoder };
        var words = $"{SingleThreaded[encoder]} {options}".Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i + 1 < words.Length; i += 2)
        {
            var at = result.IndexOf(words[i]);
            if (at >= 0 && words[i].EndsWith("-params", StringComparison.Ordinal))
                result[at + 1] += ":" + words[i + 1];
            else if (at >= 0)
                result[at + 1] = words[i + 1];
            else
                result.AddRange([words[i], words[i + 1]]);
        }

        return result;
    }
}
