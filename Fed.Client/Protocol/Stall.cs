namespace Fed.Client.Protocol;

/// <summary>
/// Ends a request that has stalled: no progress within the patience given. A slow link that moves is never cut off.
/// </summary>
internal sealed class Stall : IDisposable
{
    private readonly CancellationTokenSource timer;
    private readonly CancellationTokenSource linked;
    private readonly CancellationToken caller;
    private readonly TimeSpan patience;

    public Stall(TimeSpan patience, TimeProvider time, CancellationToken caller)
    {
        this.patience = patience;
        this.caller = caller;
        timer = new CancellationTokenSource(patience, time);
        linked = CancellationTokenSource.CreateLinkedTokenSource(caller, timer.Token);
    }

    public CancellationToken Token => linked.Token;

    /// <summary>Bytes have moved: the patience starts again.</summary>
    public void Progress() => timer.CancelAfter(patience);

    /// <summary>Runs the request; a stall becomes a <see cref="TimeoutException"/>, the caller's own wish stays what
    /// it is.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> request)
    {
        try
        {
            return await request();
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !caller.IsCancellationRequested)
        {
            throw new TimeoutException($"the server moved no byte for {patience.TotalSeconds:0} s");
        }
    }

    public void Dispose()
    {
        linked.Dispose();
        timer.Dispose();
    }
}
