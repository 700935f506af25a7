namespace Fed.MediaQc.Files;

/// <summary>A data file or folder is missing, damaged, or not what its name promises.</summary>
/// <param name="path">The file or folder concerned.</param>
/// <param name="reason">What is wrong, and what to do.</param>
/// <param name="inner">The cause, if another exception told.</param>
public sealed class DataFileException(string path, string reason, Exception? inner = null)
    : IOException($"{path}: {reason}", inner)
{
    public string FilePath { get; } = path;

    public string Reason { get; } = reason;
}
