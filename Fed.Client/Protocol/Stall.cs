using System.Net;

namespace Fed.Client.Protocol;

/// <summary>
/// Ends a request that has stalled: no progress within the patience given. A slow link that moves is never cut off.
/// </summary>
internal sealed class Stall : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _linked;
    private readonly CancellationToken _caller;
    private readonly TimeSpan _patience;

    public Stall(TimeSpan patience, TimeProvider time, CancellationToken caller)
    {
        _patience = patience;
        _caller = caller;
        _timer = new CancellationTokenSource(patience, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(caller, _timer.Token);
    }

    public CancellationToken Token => _linked.Token;

    /// <summary>Bytes have moved: the patience starts again.</summary>
    public void Progress() => _timer.CancelAfter(_patience);

    /// <summary>Runs the request; a stall becomes a <see cref="TimeoutException"/>, the caller's own wish stays what
    /// it is.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> request)
    {
        try
        {
            return await request();
        }
        catch (OperationCanceledException) when (_timer.IsCancellationRequested && !_caller.IsCancellationRequested)
        {
            throw new TimeoutException($"the server moved no byte for {_patience.TotalSeconds:0} s");
        }
    }

    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }
}

/// <summary>A file as a request's body: streamed, and every piece that leaves is reported as progress.</summary>
internal sealed class ProgressContent(Stream source, long length, Action progress) : HttpContent
{
    private const int PieceLength = 64 << 10;

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var piece = new byte[PieceLength];
        int read;
        while ((read = await source.ReadAsync(piece, cancellationToken)) > 0)
        {
            await stream.WriteAsync(piece.AsMemory(0, read), cancellationToken);
            progress();
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }
}
