using System.Net;
using System.Net.Sockets;
using Orleans.Hosting;

namespace Fed.Tests.Embedded.Runtime;

/// <summary>What a silo for tests needs beside the common settings: on Orleans, free ports on loopback.</summary>
public static class RuntimeSilo
{
    public static void Configure(ISiloBuilder builder) =>
        builder.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: FreePort());

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
