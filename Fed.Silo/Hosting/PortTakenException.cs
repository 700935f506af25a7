using System.Net;

namespace Fed.Silo.Hosting;

/// <summary>Another process listens on the address.</summary>
/// <param name="setting">The option or variable that names the port.</param>
public sealed class PortTakenException(IPEndPoint address, string setting, Exception inner)
    : Exception($"{address} is in use by another process", inner)
{
    public IPEndPoint Address { get; } = address;

    public string Setting { get; } = setting;
}
