using System.Net.Sockets;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Learned;

/// <summary>
/// One raw stream of pictures or sound out of a run of ffmpeg, by a socket in the folder where it runs: it is read while
/// it is decoded and stands on no disk, and who reads slowly holds ffmpeg up.
/// </summary>
internal sealed class MediaTap : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly UnixDomainSocketEndPoint _address;

    /// <param name="folder">Where ffmpeg runs.</param>
    /// <exception cref="ScanException">No socket can be made there.</exception>
    public MediaTap(string folder, string name)
    {
        Url = $"unix:{name}";
        try
        {
            _address = new(Path.Combine(folder, name));
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

    /// <summary>Hands over the stream; an empty one when ffmpeg ended without opening it.</summary>
    public async Task ReadAsync(Func<Stream, CancellationToken, Task> read, CancellationToken cancel)
    {
        using var peer = await _listener.AcceptAsync(cancel);
        await using var stream = new NetworkStream(peer);
        await read(stream, cancel);
    }

    /// <summary>ffmpeg has ended: who still waits for it gets an empty stream.</summary>
    public void Close()
    {
        using var last = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        last.Connect(_address);
    }

    public void Dispose() => _listener.Dispose();
}
