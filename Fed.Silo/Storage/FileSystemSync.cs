using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Fed.Silo.Storage;

/// <summary>
/// syncfs(2): the whole file system of a folder. It costs about as much as one fsync does, however many files there are
/// (beside what other programs have written there, which it flushes too). Since Linux 5.8 it reports every error of
/// writing that has happened since its descriptor was opened or last asked, so each thread has a descriptor of its own.
/// After a failure the folder is opened again: what was mounted there may be gone for good, and something else have
/// come.
/// </summary>
internal sealed partial class FileSystemSync : ISharedSync
{
    private const int Closed = -1;

    private static readonly Version ReportsErrors = new(5, 8);

    private readonly string _folder;
    private int _descriptor;

    private FileSystemSync(string folder, int descriptor)
    {
        _folder = folder;
        _descriptor = descriptor;
    }

    /// <returns>Null where the system has no such call, or one that hides errors.</returns>
    /// <exception cref="IOException">The folder cannot be opened.</exception>
    public static FileSystemSync? TryOpen(string folder) =>
        OperatingSystem.IsLinux() && Environment.OSVersion.Version >= ReportsErrors
            ? new FileSystemSync(folder, DurableFolder.Open(folder))
            : null;

    public void Sync()
    {
        if (_descriptor == Closed)
        {
            _descriptor = DurableFolder.Open(_folder);
            // It has not seen what went wrong before it was opened.
            throw new IOException($"the file system of '{_folder}' was away until now");
        }

        if (SyncFs(_descriptor) == 0)
            return;
        var reason = new Win32Exception(Marshal.GetLastPInvokeError());
        Close();
        _descriptor = DurableFolder.TryOpen(_folder) ?? Closed;
        throw new IOException($"the file system of '{_folder}' cannot be synchronised: {reason.Message}", reason);
    }

    public void Dispose() => Close();

    private void Close()
    {
        if (_descriptor != Closed)
            DurableFolder.Close(_descriptor);
        _descriptor = Closed;
    }

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFs(int descriptor);
}

/// <summary>Makes durable, in one call, all that was written and renamed before it; for one thread.</summary>
internal interface ISharedSync : IDisposable
{
    /// <exception cref="IOException">Something since the last call may not be on the disk.</exception>
    void Sync();
}
