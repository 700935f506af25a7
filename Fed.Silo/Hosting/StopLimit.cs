namespace Fed.Silo.Hosting;

/// <summary>
/// The last resort of a process that was told to stop: what holds membership or state may be away, and Orleans waits
/// for it far beyond the host's own bound.
/// </summary>
internal sealed class StopLimit : IDisposable
{
    private readonly CancellationTokenRegistration _told;
    private ITimer? _timer;

    /// <param name="late">Called once if nobody disposes of this within <paramref name="longest"/> of the stop; is told
    /// why.</param>
    /// <param name="stopping">Cancelled when the process is told to stop.</param>
    public StopLimit(TimeSpan longest, TimeProvider clock, Action<string> late, CancellationToken stopping)
    {
        var reason =
            $"the stop took longer than {longest.TotalSeconds:0.#} s, so the process ends as it is: a server that "
            + "holds membership or state may be away; "
            + $"{SiloTimeouts.Variable(nameof(SiloTimeouts.Stop))} says how long it may";
        _told = stopping.Register(
            () => _timer = clock.CreateTimer(_ => late(reason), null, longest, Timeout.InfiniteTimeSpan));
    }

    public void Dispose()
    {
        _told.Dispose();
        _timer?.Dispose();
    }
}
