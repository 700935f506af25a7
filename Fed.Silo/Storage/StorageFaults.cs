using System.ComponentModel;
using Microsoft.Data.Sqlite;

namespace Fed.Silo.Storage;

/// <summary>
/// Tells faults of storage apart by what the system said: on Unix an IOException's HResult is errno (errno(3)), on
/// Windows the low half of it a system error code; SQLite has primary result codes (sqlite.org/rescode.html).
/// </summary>
internal static class StorageFaults
{
    /// <param name="error">What storage failed with; the outermost cause that says something decides.</param>
    public static StorageFault Of(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (Find(error) is { } fault)
                return fault;
        }

        return StorageFault.Away;
    }

    private static StorageFault? Find(Exception error) => error switch
    {
        StorageUnavailableException known => known.Fault,
        SqliteException sqlite => OfSqlite(sqlite.SqliteErrorCode),
        Win32Exception native => OfSystem(native.NativeErrorCode),
        UnauthorizedAccessException => StorageFault.Denied,
        EndOfStreamException => StorageFault.Damaged,
        IOException io => OfSystem(OperatingSystem.IsWindows() ? io.HResult & 0xFFFF : io.HResult),
        // What .NET makes of EFBIG: a limit of the process or of the file system.
        ArgumentOutOfRangeException => StorageFault.Full,
        _ => null,
    };

    private static StorageFault? OfSqlite(int code) => code switch
    {
        3 => StorageFault.Denied, // SQLITE_PERM
        5 or 6 => StorageFault.Locked, // SQLITE_BUSY, SQLITE_LOCKED
        8 => StorageFault.ReadOnly, // SQLITE_READONLY
        10 => StorageFault.Failing, // SQLITE_IOERR
        11 or 26 => StorageFault.Damaged, // SQLITE_CORRUPT, SQLITE_NOTADB
        13 => StorageFault.Full, // SQLITE_FULL
        _ => null,
    };

    private static StorageFault? OfSystem(int code) => OperatingSystem.IsWindows() ? OfWindows(code) : OfUnix(code);

    private static StorageFault? OfUnix(int code) => code switch
    {
        1 or 13 => StorageFault.Denied, // EPERM, EACCES
        5 => StorageFault.Failing, // EIO
        28 => StorageFault.Full, // ENOSPC
        69 when OperatingSystem.IsMacOS() => StorageFault.Full, // EDQUOT
        122 when OperatingSystem.IsLinux() => StorageFault.Full, // EDQUOT
        30 => StorageFault.ReadOnly, // EROFS
        _ => null,
    };

    private static StorageFault? OfWindows(int code) => code switch
    {
        5 => StorageFault.Denied, // ERROR_ACCESS_DENIED
        19 => StorageFault.ReadOnly, // ERROR_WRITE_PROTECT
        23 or 1117 => StorageFault.Failing, // ERROR_CRC, ERROR_IO_DEVICE
        39 or 112 or 1295 => StorageFault.Full, // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL, ERROR_DISK_QUOTA_EXCEEDED
        _ => null,
    };
}
