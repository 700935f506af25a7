using Fed.Silo.Hosting;

namespace Fed.Silo.Storage;

/// <summary>
/// What a silo keeps elsewhere may be starting too: at the start of the silo it is waited for, for so long in all.
/// </summary>
internal sealed class StorageWait(TimeSpan longest, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly long _begun = clock.GetTimestamp();

    private TimeSpan Left => longest - clock.GetElapsedTime(_begun);

    /// <param name="what">Kind and address of the storage; no secret.</param>
    /// <param name="setting">The variable that names it.</param>
    /// <exception cref="RemoteStorageException">It was away for all that time, or refuses us.</exception>
    public async Task ForAsync(
        string what, string setting, Func<CancellationToken, Task> look, CancellationToken cancellationToken)
    {
        for (var told = false; ; told = true)
        {
            var error = await TryAsync(look, cancellationToken);
            if (error is null)
                return;
            var reason = error.GetBaseException().Message.Split('\n')[0].TrimEnd();
            if (StorageFaults.Of(error) == StorageFault.Denied)
            {
                throw new RemoteStorageException(
                    $"{what} refuses us ({reason}); check the credentials in {setting}", error);
            }

            if (Left <= TimeSpan.Zero)
            {
                throw new RemoteStorageException(
                    $"{what} is away, and was for {longest.TotalSeconds:0} s ({reason}); start it, or correct "
                    + $"{setting}; {SiloTimeouts.Variable(nameof(SiloTimeouts.StorageStart))} says how long it is "
                    + "waited for",
                    error);
            }

            if (!told)
                Log.StorageAwaited(logger, what, (int)longest.TotalSeconds, reason);
            await Task.Delay(Left < Pause ? Left : Pause, clock, cancellationToken);
        }
    }

    private async Task<Exception?> TryAsync(Func<CancellationToken, Task> look, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Left > Pause ? Left : Pause);
        try
        {
            await look(limit.Token).WaitAsync(limit.Token);
            return null;
        }
        catch (Exception late) when (late is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new TimeoutException("no answer in time", late);
        }
        catch (Exception error) when (StorageFaults.IsOfStorage(error))
        {
            return error;
        }
    }
}
