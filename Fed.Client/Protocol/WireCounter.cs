namespace Fed.Client.Protocol;

/// <summary>Bytes that crossed the sockets of one client, headers included.</summary>
public sealed class WireCounter
{
    private long _up;
    private long _down;

    public long Up => Interlocked.Read(ref _up);

    public long Down => Interlocked.Read(ref _down);

    internal void Sent(long bytes) => Interlocked.Add(ref _up, bytes);

    internal void Received(long bytes) => Interlocked.Add(ref _down, bytes);
}
