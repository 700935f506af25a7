using System.Collections.Concurrent;

namespace Fed.Silo.Storage;

/// <summary>
/// Names for files that are being written, and their removal. One that cannot be removed, for its storage is away, is
/// removed when the next one is made: who has failed already should not fail again over that.
/// </summary>
/// <param name="folder">Holds nothing else; emptied by the owner at the start.</param>
internal sealed class TemporaryFiles(string folder)
{
    private readonly ConcurrentQueue<string> _left = new();
    private long _serial;

    public string Folder => folder;

    /// <summary>A path that no other has.</summary>
    public string Next()
    {
        while (_left.TryDequeue(out var path))
        {
            if (TryRemove(path))
                continue;
            _left.Enqueue(path);
            break;
        }

        return Path.Combine(folder, Interlocked.Increment(ref _serial).ToString("x16"));
    }

    /// <summary>Now, or as soon as it can be.</summary>
    public void Remove(string path)
    {
        if (!TryRemove(path))
            _left.Enqueue(path);
    }

    /// <returns>False when it cannot be removed now.</returns>
    public static bool TryRemove(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
