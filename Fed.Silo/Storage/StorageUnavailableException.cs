namespace Fed.Silo.Storage;

/// <summary>
/// The storage refused (full, read-only, gone): nothing was stored and the same request is worth a retry later. The
/// message is for the log; clients are told the <see cref="Fault"/>.
/// </summary>
public class StorageUnavailableException(string message, Exception? inner) : Exception(message, inner)
{
    public StorageFault Fault { get; } = StorageFaults.Of(inner);

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
