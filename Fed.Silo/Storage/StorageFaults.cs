using System.ComponentModel;
using Azure;
using Microsoft.Data.Sqlite;
using Orleans;
using Orleans.Clustering.Redis;
using Orleans.Persistence.Redis;
using Orleans.Reminders.Redis;
using StackExchange.Redis;

namespace Fed.Silo.Storage;

/// <summary>
/// Tells faults of storage apart by what the system said: on Unix an IOException's HResult is errno (errno(3)), on
/// Windows the low half of it a system error code; SQLite has primary result codes (sqlite.org/rescode.html). Of Redis
/// Orleans leaves no more than the text, in which the server's own begins with a code.
/// </summary>
internal static class StorageFaults
{
    private static readonly (string Code, StorageFault Fault)[] s_redisCodes =
    [
        ("WRONGPASS", StorageFault.Denied), ("NOAUTH", StorageFault.Denied), ("NOPERM", StorageFault.Denied),
        ("authentication failure", StorageFault.Denied), ("OOM ", StorageFault.Full),
        ("MISCONF", StorageFault.Failing), ("READONLY", StorageFault.ReadOnly),
    ];

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

    /// <summary>Whether it, or what it comes from, is ours for storage, or of a library that asks a server.</summary>
    public static bool IsOfStorage(Exception? error)
    {
        while (error is not (null or StorageUnavailableException or RequestFailedException or RedisException
            or RedisTimeoutException or RedisStorageException or RedisClusteringException or RedisRemindersException))
        {
            error = error.InnerException;
        }

        return error is not null;
    }

    private static StorageFault? Find(Exception error) => error switch
    {
        StorageUnavailableException known => known.Fault,
        RequestFailedException { Status: 401 or 403 } => StorageFault.Denied,
        RequestFailedException => StorageFault.Away,
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => StorageFault.Denied,
        RedisException or RedisTimeoutException or RedisStorageException or RedisClusteringException
            or RedisRemindersException => OfRedis(error.Message),
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

    private static StorageFault OfRedis(string message)
    {
        foreach (var (code, fault) in s_redisCodes)
        {
            if (message.Contains(code, StringComparison.Ordinal))
                return fault;
        }

        return StorageFault.Away;
    }

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

/// <summary>Why storage refuses, as far as an operator does something different about it.</summary>
public enum StorageFault
{
    /// <summary>A folder or file that belongs there is not; or the system did not say more.</summary>
    Away,

    /// <summary>No space left, a quota is used up, or a file may not grow.</summary>
    Full,

    /// <summary>The process may not read or write there.</summary>
    Denied,

    /// <summary>The file system or the file is read-only.</summary>
    ReadOnly,

    /// <summary>The device reports errors.</summary>
    Failing,

    /// <summary>Another process holds the state file.</summary>
    Locked,

    /// <summary>The bytes are not what was written.</summary>
    Damaged,
}

/// <summary>
/// The storage refused (full, read-only, gone): nothing was stored and the same request is worth a retry later. The
/// message is for the log; clients are told the <see cref="Fault"/>.
/// </summary>
[GenerateSerializer, Alias("fed.storageUnavailable")]
public class StorageUnavailableException(string message, Exception? inner) : Exception(message, inner)
{
    [Id(0)]
    public StorageFault Fault { get; private set; } = StorageFaults.Of(inner);

    /// <summary>It, or the one that it comes from: runtimes wrap what their storage throws.</summary>
    public static StorageUnavailableException? Find(Exception? error)
    {
        while (error is not null and not StorageUnavailableException)
            error = error.InnerException;
        return (StorageUnavailableException?)error;
    }

    /// <summary>Whether a call of the file system fails with this when storage refuses.</summary>
    internal static bool IsCause(Exception error) =>
        error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" };
}

/// <summary>
/// A storage server was away for longer than we wait, or refuses us. The message is for the operator: it names the
/// address and what the server said, never a key or a password.
/// </summary>
[GenerateSerializer, Alias("fed.remoteStorage")]
public class RemoteStorageException(string message, Exception? inner = null)
    : StorageUnavailableException(message, inner);
