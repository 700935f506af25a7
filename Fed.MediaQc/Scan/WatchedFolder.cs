using System.Globalization;

namespace Fed.MediaQc.Scan;

/// <summary>A file that is scanned, with what tells one state of it from another.</summary>
/// <param name="Path">As it was named.</param>
/// <param name="State">Names, lengths and times of the file and of the subtitles beside it.</param>
public sealed record WatchedFile(string Path, string State)
{
    /// <summary>As it is now; null: it is gone.</summary>
    public static WatchedFile? Now(string path)
    {
        try
        {
            return Now(path, MediaScanner.Sidecars(path));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <param name="sidecars">Subtitles beside it.</param>
    public static WatchedFile? Now(string path, IEnumerable<string> sidecars)
    {
        try
        {
            return new WatchedFile(path, string.Join('\n', sidecars.Prepend(path).Select(Describe)));
        }
        catch (IOException)
        {
            return null;
        }
    }

    // What a link leads to is what is scanned.
    private static string Describe(string path)
    {
        var file = new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
        return string.Create(
            CultureInfo.InvariantCulture, $"{System.IO.Path.GetFileName(path)} {file.Length} {file.LastWriteTimeUtc.Ticks}");
    }
}

/// <summary>
/// Tells which files of a folder have arrived: those that nobody has written to for a while. It compares listings, for
/// shares of other machines send no notice of what changes.
/// </summary>
/// <param name="settle">How long a file has to stay as it is.</param>
public sealed class WatchedFolder(TimeSpan settle)
{
    private Dictionary<string, (string State, DateTimeOffset Since)> _seen = [];

    /// <param name="listing">All files that are there at <paramref name="now"/>.</param>
    /// <returns>Those that have arrived, in the listing's order, each time anew.</returns>
    public IReadOnlyList<WatchedFile> Arrived(IReadOnlyList<WatchedFile> listing, DateTimeOffset now)
    {
        _seen = listing.ToDictionary(
            file => file.Path,
            file => _seen.TryGetValue(file.Path, out var known) && known.State == file.State
                ? known
                : (file.State, now));
        return [.. listing.Where(file => now - _seen[file.Path].Since >= settle)];
    }
}
