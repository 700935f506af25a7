namespace Fed.Silo.Storage;

/// <summary>
/// Ownership of a folder, alone or with others that share it, by an advisory lock (flock) on a file in it. The kernel
/// drops it when the process dies, however it dies, so that its temporary files then belong to nobody.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <param name="shared">Others may share it too; whoever wants it alone is refused meanwhile.</param>
    /// <exception cref="FolderInUseException">Another process, or another store in this one, holds it.</exception>
    public static FolderLock Take(string folder, bool shared = false)
    {
        // What FileShare.None is on Unix: LOCK_EX; other shares are LOCK_SH.
        var (access, share) = shared
            ? (FileAccess.Read, FileShare.Read)
            : (FileAccess.ReadWrite, FileShare.None);
        try
        {
            return new FolderLock(
                new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, access, share));
        }
        catch (IOException taken) when (StorageFaults.Of(taken) == StorageFault.Away)
        {
            throw new FolderInUseException(folder, taken);
        }
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>Another process owns the folder.</summary>
public sealed class FolderInUseException(string folder, Exception inner)
    : Exception($"the folder '{folder}' is in use by another process", inner)
{
    public string Folder { get; } = folder;
}
