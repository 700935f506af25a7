namespace Fed.Silo.Storage;

/// <summary>Makes durable, in one call, all that was written and renamed before it; for one thread.</summary>
internal interface ISharedSync : IDisposable
{
    /// <exception cref="IOException">Something since the last call may not be on the disk.</exception>
    void Sync();
}
