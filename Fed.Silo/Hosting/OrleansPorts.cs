using System.Net;
using System.Net.Sockets;

namespace Fed.Silo.Hosting;

/// <summary>
/// Where Orleans listens: the port between silos, free unless named, and the port for Orleans clients, closed unless
/// named, since participants come over HTTP. On loopback, unless an address of this machine, or a name of it, is given
/// for the others.
/// </summary>
/// <param name="Silo">1 to 65535.</param>
/// <param name="Gateway">1 to 65535; 0 for none.</param>
/// <param name="Address">Where the other silos find this one.</param>
/// <param name="ListensAnywhere">On all addresses of this machine; else on that one alone.</param>
internal sealed record OrleansPorts(int Silo, int Gateway, IPAddress Address, bool ListensAnywhere)
{
    public const string AddressKey = "Orleans:Endpoints:Address";

    public const string ListenKey = "Orleans:Endpoints:Listen";

    /// <summary>The value of <see cref="ListenKey"/> for all addresses.</summary>
    public const string Anywhere = "any";

    public const string SiloKey = "Orleans:Endpoints:SiloPort";

    public const string GatewayKey = "Orleans:Endpoints:GatewayPort";

    // Below the ports that systems give to outgoing connections, which could take a port between our look and its use.
    private const int Lowest = 12_000;
    private const int Highest = 30_000;

    // Each silo of one process looks from where the last one ended; processes start apart.
    private static int s_last = Random.Shared.Next(Highest - Lowest);

    /// <param name="pod">The address to take when none is named; null: loopback.</param>
    /// <exception cref="ArgumentException">What is named is no port, or no address or name of this machine.</exception>
    /// <exception cref="PortTakenException">Another process has a named port.</exception>
    public static OrleansPorts Choose(IConfiguration configuration, IPAddress? pod = null)
    {
        var address = NamedAddress(configuration) ?? pod ?? IPAddress.Loopback;
        var anywhere = configuration[ListenKey] switch
        {
            null or "" => false,
            Anywhere => true,
            var text => throw new ArgumentException(
                $"{Variable(ListenKey)} is '{text}'; give {Anywhere}, or leave it out to listen on "
                + $"{Variable(AddressKey)} alone"),
        };
        var listen = !anywhere ? address
            : address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
        return new OrleansPorts(
            Named(configuration, SiloKey, listen) is var silo && silo != 0 ? silo : Free(listen),
            Named(configuration, GatewayKey, listen),
            address,
            anywhere);
    }

    /// <summary>The environment variable of a key.</summary>
    public static string Variable(string key) => "FED_" + key.Replace(":", "__", StringComparison.Ordinal);

    private static IPAddress? NamedAddress(IConfiguration configuration)
    {
        const string Remedy = "give an IP address of this machine, or a name of it, by which the other silos reach it";
        if (configuration[AddressKey] is not { Length: > 0 } text)
            return null;
        var addresses = IPAddress.TryParse(text, out var one) ? [one] : Resolve(text, Remedy);
        if (addresses.Any(address => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            throw new ArgumentException(
                $"{Variable(AddressKey)} is {text}, where nobody finds this silo; {Remedy}, and "
                + $"{Variable(ListenKey)}={Anywhere} to listen on all");
        }

        // A system may give its own name a loopback address, too, where no other machine finds it.
        return addresses.OrderBy(IPAddress.IsLoopback).FirstOrDefault(address => Try(address, 0) is null)
            ?? throw new ArgumentException(
                $"{Variable(AddressKey)} is {text}, which is no address of this machine; {Remedy}");
    }

    private static IPAddress[] Resolve(string name, string remedy)
    {
        try
        {
            return Dns.GetHostAddresses(name);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            throw new ArgumentException(
                $"{Variable(AddressKey)} is '{name}', which is no IP address and no name of any: {error.Message}; "
                + remedy,
                error);
        }
    }

    private static int Named(IConfiguration configuration, string key, IPAddress address)
    {
        var text = configuration[key];
        if (string.IsNullOrEmpty(text))
            return 0;
        if (!ushort.TryParse(text, out var port))
            throw new ArgumentException($"{Variable(key)} is '{text}'; give a port, 1 to 65535, or 0");
        if (port != 0 && Try(address, port) is { } error)
            throw new PortTakenException(new IPEndPoint(address, port), Variable(key), error);
        return port;
    }

    private static int Free(IPAddress address)
    {
        SocketException? last = null;
        for (var i = Lowest; i < Highest; i++)
        {
            var port = Lowest + (int)((uint)Interlocked.Increment(ref s_last) % (Highest - Lowest));
            last = Try(address, port);
            if (last is null)
                return port;
        }

        throw new PortTakenException(new IPEndPoint(address, Highest), Variable(SiloKey), last!);
    }

    private static SocketException? Try(IPAddress address, int port)
    {
        using var listener = new TcpListener(address, port);
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
