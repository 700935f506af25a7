using System.Net;
using System.Net.Sockets;

namespace Fed.Tests.Client;

/// <summary>Stands before a server on loopback and keeps every byte that clients send.</summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Connection> _connections = [];
    private readonly Task _accepting;
    private readonly int _port;

    public RecordingProxy(Uri server)
    {
        _port = server.Port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>What was sent since the last call, by connections that have ended; waits for those that have not.
    /// </summary>
    public async Task<IReadOnlyList<RecordedRequest>> TakeAsync()
    {
        Connection[] ended;
        lock (_connections)
        {
            ended = [.. _connections];
            _connections.Clear();
        }

        await Task.WhenAll(ended.Select(each => each.Relayed));
        return [.. ended.SelectMany(each => RecordedRequest.Parse(each.Sent.ToArray()))];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var sent = new MemoryStream();
                lock (_connections)
                    _connections.Add(new(sent, RelayAsync(client, sent)));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RelayAsync(TcpClient client, MemoryStream sent)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(IPAddress.Loopback, _port);
            var answers = server.GetStream().CopyToAsync(client.GetStream());
            var buffer = new byte[4096];
            while (await client.GetStream().ReadAsync(buffer) is > 0 and var count)
            {
                sent.Write(buffer, 0, count);
                await server.GetStream().WriteAsync(buffer.AsMemory(0, count));
            }

            server.Client.Shutdown(SocketShutdown.Send);
            await answers;
        }
    }

    private sealed record Connection(MemoryStream Sent, Task Relayed);
}
