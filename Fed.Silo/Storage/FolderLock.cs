namespace Fed.Silo.Storage;

/// <summary>
/// Exclusive ownership of a folder by an advisory lock (flock) on a file in it. The kernel drops it when the process
/// dies, however it dies, so that whatever the folder holds of temporary files then belongs to nobody.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <exception cref="FolderInUseException">Another process, or another store in this one, holds it.</exception>
    public static FolderLock Take(string folder)
    {
        try
        {
            return new FolderLock(new FileStream(
                Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
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
