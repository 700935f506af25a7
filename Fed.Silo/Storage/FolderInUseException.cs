namespace Fed.Silo.Storage;

/// <summary>Another process owns the folder.</summary>
public sealed class FolderInUseException(string folder, Exception inner)
    : Exception($"the folder '{folder}' is in use by another process", inner)
{
    public string Folder { get; } = folder;
}
