using System.Net;
using System.Net.Sockets;

namespace Fed.Silo.Hosting;

/// <summary>Whether an address to listen on is one of this machine.</summary>
public static class LocalAddress
{
    /// <summary>Asked before anything is started: later it would be a failure deep in the server.</summary>
    /// <param name="setting">What names the address.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static IPAddress Require(IPAddress address, string setting)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            return address;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressNotAvailable
            or SocketError.AddressFamilyNotSupported)
        {
            throw new ArgumentException(
                $"{setting} is '{address}', which is no address of this machine; give one that it has, 127.0.0.1 for "
                + "this machine only, or 0.0.0.0 for all of them",
                error);
        }
    }
}
