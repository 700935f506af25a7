using System.Net.Sockets;

namespace Fed.MediaQc.Scan;

/// <summary>
/// A stream that comes out of a run of ffmpeg, by a socket in the folder where it runs: it is read while it is made and
/// stands on no disk, and who reads slowly holds ffmpeg up.
/// </summary>
internal sealed class MediaTap : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly UnixDomainSocketEndPoint _address;

    /// <summary>Ours, by which the end is known.</summary>
    private readonly UnixDomainSocketEndPoint _end;

    /// <param name="folder">Where ffmpeg runs.</param>
    /// <param name="name">Ends with <c>.sock</c>.</param>
    /// <exception cref="ScanException">No socket can be made there.</exception>
    public MediaTap(string folder, string name)
    {
        Url = $"unix:{name}";
        try
        {
            _address = new(Path.Combine(folder, name));
            // Not longer: .NET accepts no peer of a longer address.
            _end = new(Path.Combine(folder, Path.ChangeExtension(name, ".end")));
            _listener.Bind(_address);
            _listener.Listen();
        }
        catch (Exception error) when (error is SocketException or ArgumentOutOfRangeException)
        {
            _listener.Dispose();
            throw new ScanException(
                $"no socket can be made in {folder} ({error.Message}); set TMPDIR to a short path", error);
        }
    }

    /// <summary>Where ffmpeg writes to.</summary>
    public string Url { get; }

    /// <summary>Hands over the next stream that ffmpeg opens.</summary>
    /// <returns>False: it has ended without that.</returns>
    public async Task<bool> TryReadAsync(Func<Stream, CancellationToken, Task> read, CancellationToken cancel)
    {
        using var peer = await _listener.AcceptAsync(cancel);
        if (peer.RemoteEndPoint?.ToString() == _end.ToString())
            return false;
        await using var stream = new NetworkStream(peer);
        await read(stream, cancel);
        return true;
    }

    /// <summary>ffmpeg has ended: who waits for it learns so, after what it has left.</summary>
    public void Close()
    {
        using var last = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        last.Bind(_end);
        last.Connect(_address);
    }

    public void Dispose() => _listener.Dispose();
}
