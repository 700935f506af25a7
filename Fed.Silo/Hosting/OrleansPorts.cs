using System.Net;
using System.Net.Sockets;

namespace Fed.Silo.Hosting;

/// <summary>
/// Where Orleans listens, on loopback: the port between silos, free unless named, and the port for Orleans clients,
/// closed unless named, since participants come over HTTP.
/// </summary>
/// <param name="Silo">1 to 65535.</param>
/// <param name="Gateway">1 to 65535; 0 for none.</param>
internal sealed record OrleansPorts(int Silo, int Gateway)
{
    public const string SiloKey = "Orleans:Endpoints:SiloPort";

    public const string GatewayKey = "Orleans:Endpoints:GatewayPort";

    // Below the ports that systems give to outgoing connections, which could take a port between our look and its use.
    private const int Lowest = 12_000;
    private const int Highest = 30_000;

    // Each silo of one process looks from where the last one ended; processes start apart.
    private static int s_last = Random.Shared.Next(Highest - Lowest);

    /// <exception cref="ArgumentException">A named port is no port.</exception>
    /// <exception cref="PortTakenException">Another process has a named port.</exception>
    public static OrleansPorts Choose(IConfiguration configuration) => new(
        Named(configuration, SiloKey) is var silo && silo != 0 ? silo : Free(),
        Named(configuration, GatewayKey));

    /// <summary>The environment variable of a key.</summary>
    public static string Variable(string key) => "FED_" + key.Replace(":", "__", StringComparison.Ordinal);

    private static int Named(IConfiguration configuration, string key)
    {
        var text = configuration[key];
        if (string.IsNullOrEmpty(text))
            return 0;
        if (!ushort.TryParse(text, out var port))
            throw new ArgumentException($"{Variable(key)} is '{text}'; give a port, 1 to 65535, or 0");
        if (port != 0 && Try(port) is { } error)
            throw new PortTakenException(new IPEndPoint(IPAddress.Loopback, port), Variable(key), error);
        return port;
    }

    private static int Free()
    {
        SocketException? last = null;
        for (var i = Lowest; i < Highest; i++)
        {
            var port = Lowest + (int)((uint)Interlocked.Increment(ref s_last) % (Highest - Lowest));
            last = Try(port);
            if (last is null)
                return port;
        }

        throw new PortTakenException(new IPEndPoint(IPAddress.Loopback, Highest), Variable(SiloKey), last!);
    }

    private static SocketException? Try(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return null;
        }
        catch (SocketException error)
        {
            return error;
        }
    }
}

/// <summary>Another process listens on the address.</summary>
/// <param name="setting">The option or variable that names the port.</param>
public sealed class PortTakenException(IPEndPoint address, string setting, Exception inner)
    : Exception($"{address} is in use by another process", inner)
{
    public IPEndPoint Address { get; } = address;

    public string Setting { get; } = setting;
}
