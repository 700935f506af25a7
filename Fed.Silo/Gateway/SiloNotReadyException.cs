namespace Fed.Silo.Gateway;

/// <summary>The silo is starting or stopping.</summary>
public sealed class SiloNotReadyException(bool stopping)
    : Exception(stopping ? "the server is stopping" : "the server is starting")
{
    public bool Stopping { get; } = stopping;
}
