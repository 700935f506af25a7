using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fed.Silo.Storage;

/// <summary>
/// Has the system begin to write out what a file has got so far. By itself it waits for many seconds or a tenth of
/// the memory, and fsync then finds everything still to be done: a large blob's bytes go to the disk while more of
/// them arrive. Only a beginning: durable is what fsync says, and an error here is fsync's to tell, too (errors are
/// kept for each descriptor that was open, and this call takes none away; sync_file_range(2)).
/// </summary>
internal static partial class Writeback
{
    /// <summary>SYNC_FILE_RANGE_WRITE: begins, and does not wait.</summary>
    private const uint Begin = 2;

    /// <param name="file">Open for writing.</param>
    public static void Start(SafeFileHandle file, long offset, long bytes)
    {
        // Elsewhere there is no such call, and fsync does it all.
        if (OperatingSystem.IsLinux())
            _ = SyncFileRange(file, offset, bytes, Begin);
    }

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long bytes, uint flags);
}
