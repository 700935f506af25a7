namespace Fed.Silo.Hosting;

/// <summary>Where the process stands in its life: starting, ready, stopping.</summary>
public sealed class SiloPhase(IHostApplicationLifetime lifetime)
{
    private volatile bool _started;

    public bool IsReady => _started && !IsStopping;

    public bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Cancelled when the silo is told to stop: what waits then should answer and go.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    public void MarkReady() => _started = true;
}
