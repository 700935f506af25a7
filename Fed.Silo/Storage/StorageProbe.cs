using Fed.Contracts.Storage;

namespace Fed.Silo.Storage;

/// <summary>
/// Whether blobs can be written and looked up now, found out by doing so. Who asks while one looks, or shortly after,
/// gets the same answer: health is asked for by many, and often.
/// </summary>
internal sealed class StorageProbe(IBlobStore store, TimeProvider clock)
{
    /// <summary>A disk that has no room for this much is full to whoever sends an update.</summary>
    private const int Bytes = 1 << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    /// <summary>The hash of nothing that anybody could find.</summary>
    private static readonly string s_none = new('0', 64);

    private readonly Lock _gate = new();
    private Task _latest = Task.CompletedTask;
    private long? _ended;

    /// <exception cref="StorageUnavailableException">They cannot be, or storage does not answer.</exception>
    public Task CheckAsync()
    {
        lock (_gate)
        {
            if (_latest.IsCompleted && (_ended is not { } at || clock.GetElapsedTime(at) >= Fresh))
                _latest = Task.Run(LookAsync);
            return _latest;
        }
    }

    private async Task LookAsync()
    {
        using var limit = new CancellationTokenSource(Longest, clock);
        try
        {
            await using (var blob = await store.CreateAsync(limit.Token))
                await blob.Stream.WriteAsync(new byte[Bytes], limit.Token);
            using var none = await store.OpenAsync(s_none, limit.Token);
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested)
        {
            throw new StorageUnavailableException($"storage did not answer within {Longest.TotalSeconds} s", late);
        }
        finally
        {
            lock (_gate)
                _ended = clock.GetTimestamp();
        }
    }
}
