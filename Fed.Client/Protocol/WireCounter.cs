namespace Fed.Client.Protocol;

/// <summary>Bytes that crossed the sockets of one client, headers included.</summary>
public sealed class WireCounter
{
    private long up;
    private long down;

    public long Up => Interlocked.Read(ref up);

    public long Down => Interlocked.Read(ref down);

    internal void Sent(long bytes) => Interlocked.Add(ref up, bytes);

    internal void Received(long bytes) => Interlocked.Add(ref down, bytes);
}
