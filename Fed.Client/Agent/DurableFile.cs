using System.ComponentModel;
using System.Runtime.InteropServices;
using Fed.Core.FailPoints;

namespace Fed.Client.Agent;

/// <summary>
/// Files that are there entirely or not at all, after a kill or a power cut: written beside their place, synchronised,
/// renamed, and the rename synchronised too (fsync(2): a folder's entry needs its own fsync; .NET opens no folders).
/// </summary>
internal static partial class DurableFile
{
    /// <summary>What a file is called until it is complete.</summary>
    public const string Unfinished = ".unfinished";

    /// <param name="write">Gets a seekable stream.</param>
    /// <param name="mode">Permissions on Unix; null leaves them to the umask.</param>
    public static void Write(string path, Action<FileStream> write, UnixFileMode? mode = null)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite };
        if (mode is { } permissions && !OperatingSystem.IsWindows())
            options.UnixCreateMode = permissions;
        using (var stream = new FileStream(path + Unfinished, options))
        {
            write(stream);
            FailPoint.Hit(FailPointNames.AgentBeforeFsync);
            stream.Flush(flushToDisk: true);
            FailPoint.Hit(FailPointNames.AgentAfterFsync);
        }

        FailPoint.Hit(FailPointNames.AgentBeforeRename);
        File.Move(path + Unfinished, path, overwrite: true);
        FailPoint.Hit(FailPointNames.AgentAfterRename);
        FailPoint.Hit(FailPointNames.AgentBeforeFolderFsync);
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        FailPoint.Hit(FailPointNames.AgentAfterFolderFsync);
    }

    private static void SyncFolder(string folder)
    {
        // NTFS journals its metadata.
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, flags: 0);
        if (descriptor < 0)
            throw Failure(folder);
        try
        {
            if (Fsync(descriptor) != 0)
                throw Failure(folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string folder)
    {
        var reason = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"the folder '{folder}' cannot be synchronised: {reason.Message}", reason);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
