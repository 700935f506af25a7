namespace Fed.Silo.Storage;

/// <summary>
/// This process's folder of half-written files, <c>tmp/name</c> under a root that processes share, with a lock that
/// says that its owner lives. Whoever starts removes the folders of the dead; under the gate, so that nobody takes one
/// that is being made for such a one.
/// </summary>
internal sealed class TemporarySpace : IDisposable
{
    private readonly string _all;
    private readonly NameGate _gate;
    private FolderLock _life;

    /// <exception cref="IOException">The folder cannot be made.</exception>
    public TemporarySpace(string root, NameGate gate)
    {
        _all = Path.Combine(root, "tmp");
        _gate = gate;
        Files = new TemporaryFiles(Path.Combine(_all, Guid.NewGuid().ToString("n")));
        using (gate.Own())
        {
            Directory.CreateDirectory(_all);
            // Earlier versions had no folders of their own.
            foreach (var file in Directory.GetFiles(_all))
                TemporaryFiles.TryRemove(file);
            foreach (var folder in Directory.GetDirectories(_all))
                RemoveIfDead(folder);
            _life = Make();
        }
    }

    public TemporaryFiles Files { get; }

    /// <summary>Makes it again where somebody has deleted it, and only it.</summary>
    /// <returns>Whether it is there.</returns>
    public bool TryRestore()
    {
        try
        {
            using (_gate.Own())
            {
                if (Directory.Exists(_all) && !Directory.Exists(Files.Folder))
                {
                    _life.Dispose();
                    _life = Make();
                }

                return Directory.Exists(Files.Folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>It goes, if it can now; else with the next start of anybody.</summary>
    public void Dispose()
    {
        _life.Dispose();
        RemoveIfDead(Files.Folder);
    }

    private FolderLock Make()
    {
        Directory.CreateDirectory(Files.Folder);
        return FolderLock.Take(Files.Folder);
    }

    private static void RemoveIfDead(string folder)
    {
        try
        {
            using (FolderLock.Take(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception alive) when (alive is FolderInUseException or IOException or UnauthorizedAccessException)
        {
            // Or it is gone already, or cannot be removed now: the next start tries again.
        }
    }
}
