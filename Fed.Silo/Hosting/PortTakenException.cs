using System.Net;

namespace Fed.Silo.Hosting;

/// <summary>Another process listens on the address.</summary>
public sealed class PortTakenException(IPEndPoint address, Exception inner)
    : Exception($"{address} is in use by another process", inner)
{
    public IPEndPoint Address { get; } = address;
}
