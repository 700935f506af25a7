using System.Text.RegularExpressions;

namespace Fed.MediaQc.Scan;

/// <summary>What is let near the tools: files with media in them, and nothing that leads elsewhere.</summary>
internal static class ScanInput
{
    /// <summary>ffmpeg's names of formats that hold no media but say where some is.</summary>
    private static readonly string[] s_lists =
        ["hls", "concat", "dash", "imf", "webm_dash_manifest", "sdp", "rtsp", "rtp", "lavfi", "ffmetadata"];

    /// <summary>How the text of such begins that ffmpeg would follow while it looks at it: playlists, scripts, DASH and
    /// IMF, which are XML, and SDP.</summary>
    private static readonly string[] s_listBeginnings = ["#EXTM3U", "ffconcat", "<", "v=0"];

    /// <exception cref="ScanException">It is missing, a folder, empty, a device or a pipe, not readable, or a list of
    /// other files.</exception>
    public static void RequireMedia(string path)
    {
        using var file = Open(path);
        var begin = new byte[16];
        var text = System.Text.Encoding.UTF8
            .GetString(begin, 0, file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false))
            .TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (Array.Find(s_listBeginnings, each => text.StartsWith(each, StringComparison.Ordinal)) is { } list)
            throw AList(path, list == "<" ? "XML" : list);
    }

    /// <summary>Of a file; devices and pipes are not opened, for that may wait, or never end.</summary>
    /// <exception cref="ScanException">It is missing, a folder, empty, a device or a pipe, or not readable.</exception>
    public static FileStream Open(string path)
    {
        if (Directory.Exists(path))
            throw new ScanException($"{path}: it is a folder");
        try
        {
            // A device has no length, either.
            var file = new FileInfo(File.ResolveLinkTarget(Path.GetFullPath(path), returnFinalTarget: true)?.FullName ?? path);
            if (!file.Exists)
                throw new ScanException($"{path}: there is no such file");
            return file.Length > 0
                ? file.OpenRead()
                : throw new ScanException($"{path}: it is empty, or no file but a device or a pipe");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ScanException(
                error is FileNotFoundException or DirectoryNotFoundException
                    ? $"{path}: there is no such file"
                    : $"{path}: it cannot be read ({error.Message})",
                error);
        }
    }

    /// <param name="format">ffmpeg's name.</param>
    public static bool IsList(string format) => s_lists.Contains(format);

    /// <summary>It could name any file of this machine.</summary>
    public static ScanException AList(string path, string kind) =>
        new($"{path}: it holds no media but a list of other files ({kind}); scan those");
}

/// <summary>
/// A file under a plain name in a folder of its own: in the names of others ffmpeg reads patterns and protocols
/// (<c>pat%03d.png</c>, <c>concat:a</c>). What the tool writes beside it goes with it.
/// </summary>
internal sealed partial class InputLink : IDisposable
{
    private InputLink(string folder, string name) => (Folder, Name) = (folder, name);

    /// <summary>Before the input: whatever stands in the file, nothing is fetched over a network for it.</summary>
    public static string[] Alone { get; } = ["-protocol_whitelist", "file"];

    public string Folder { get; }

    public string Name { get; }

    public static InputLink To(string path)
    {
        var folder = Directory.CreateTempSubdirectory("fed-scan-").FullName;
        // What the name ends with tells ffmpeg apart what begins alike.
        var ending = System.IO.Path.GetExtension(path);
        var name = "input" + (ending.All(letter => letter == '.' || char.IsAsciiLetterOrDigit(letter)) ? ending : "");
        File.CreateSymbolicLink(System.IO.Path.Combine(folder, name), System.IO.Path.GetFullPath(path));
        return new InputLink(folder, name);
    }

    /// <summary>What a tool said of the link, said of the file.</summary>
    public static string Rename(string text, InputLink link, string path) =>
        WithoutAddresses(text).Replace($"{link.Name}:", $"{System.IO.Path.GetFileName(path)}:", StringComparison.Ordinal);

    /// <summary>Without that of "[ac3 @ 0x5565569e1300]": it is another one at each run.</summary>
    public static string WithoutAddresses(string text) => Address().Replace(text, "");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    [GeneratedRegex(" @ 0x[0-9a-f]+")]
    private static partial Regex Address();
}
