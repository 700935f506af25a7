namespace Fed.Silo.Storage;

/// <summary>
/// The disk refused (full, read-only, gone): nothing was stored and the same request is worth a retry later.
/// </summary>
public sealed class StorageUnavailableException(string message, Exception inner) : Exception(message, inner);
