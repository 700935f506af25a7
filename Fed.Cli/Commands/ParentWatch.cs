namespace Fed.Cli.Commands;

/// <summary>
/// For programs that start others: the child ends when its standard input does, and that happens however its parent
/// dies, a SIGKILL included, because the kernel closes the pipe.
/// </summary>
internal static class ParentWatch
{
    /// <returns>A token that is cancelled when standard input ends, or when <paramref name="cancellationToken"/>
    /// is.</returns>
    public static CancellationToken Start(CancellationToken cancellationToken)
    {
        var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = WatchAsync(Console.OpenStandardInput(), ended);
        return ended.Token;
    }

    private static async Task WatchAsync(Stream input, CancellationTokenSource ended)
    {
        var buffer = new byte[256];
        // A read from a pipe blocks its thread until the parent is gone: it must not be one of the pool's.
        await Task.Factory.StartNew(
            () =>
            {
                while (input.Read(buffer) > 0)
                {
                    // Whatever a parent says, only its end counts.
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await ended.CancelAsync();
    }
}
