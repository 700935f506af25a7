namespace Fed.MediaQc.Scan;

/// <summary>A folder and those below it; links to folders are not followed, for they may lead in a circle.</summary>
public static class FolderWalk
{
    /// <param name="onUnreadable">Hears of a folder that cannot be read.</param>
    /// <returns>The files of one folder after the other.</returns>
    public static IEnumerable<string[]> Files(string folder, Action<ScanException> onUnreadable)
    {
        var folders = new Stack<string>([folder]);
        while (folders.TryPop(out var next))
        {
            string[] files;
            try
            {
                files = [.. Directory.EnumerateFiles(next)];
                foreach (var below in new DirectoryInfo(next).EnumerateDirectories())
                {
                    if (!below.Attributes.HasFlag(FileAttributes.ReparsePoint))
                        folders.Push(Path.Combine(next, below.Name));
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                onUnreadable(new ScanException($"{next}: the folder cannot be read ({error.Message})", error));
                continue;
            }

            yield return files;
        }
    }
}
