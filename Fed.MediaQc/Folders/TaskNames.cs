namespace Fed.MediaQc.Folders;

/// <summary>
/// The tasks by their short names, as commands take them, and by the names of their folders in data/.
/// </summary>
public static class TaskNames
{
    public const string Video = "video";

    public const string Audio = "audio";

    public const string Subtitles = "subtitles";

    public const string Multimodal = "multimodal";

    public const string Plates = "plates";

    private static readonly Dictionary<string, string> Folders = new()
    {
        [Video] = "media-qc",
        [Audio] = "audio-qc",
        [Subtitles] = "subtitle-qc",
        [Multimodal] = "programme-qc",
        [Plates] = "plate-qc",
    };

    /// <summary>All short names.</summary>
    public static IReadOnlyCollection<string> Known => Folders.Keys;

    /// <summary>The folder's name for a short name; any other name is itself.</summary>
    public static string FolderOf(string name) => Folders.GetValueOrDefault(name, name);
}
