namespace Fed.Silo.Storage.Azure;

/// <summary>
/// Azure Blob Storage was away for longer than we wait, or refuses us. The message is for the operator: it names the
/// address and Azure's error, never a key or a signature.
/// </summary>
public sealed class AzureUnavailableException(string message, Exception? inner = null)
    : StorageUnavailableException(message, inner);
