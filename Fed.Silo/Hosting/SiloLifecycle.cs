using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Grains.Persistence;
using Fed.Silo.Federations;
using Fed.Silo.Storage;
using Orleans;
using Orleans.Storage;

namespace Fed.Silo.Hosting;

/// <summary>The settings that a silo is to create federations by, unless they exist.</summary>
internal sealed class FederationFiles(IEnumerable<string> files)
{
    public IReadOnlyList<(string File, FederationSettings Settings)> All { get; } =
        [.. files.Select(file => (file, FederationFile.Read(file)))];
}

/// <summary>
/// What is done before the actors start (storage is opened or waited for: a damaged or foreign state file, or a server
/// that stays away, should stop the start and not the first request), and once they and the server run.
/// </summary>
internal sealed class SiloLifecycle(
    SiloOptions options,
    FederationFiles files,
    BlobStorage blobs,
    SharedServers servers,
    SiloPhase phase,
    FederationWake wake,
    TimeProvider clock,
    IServiceProvider services,
    ILogger<SiloHost> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        Log.Starting(logger, FedSilo.Version, ActorRuntime.Name, options.DataFolder);
        _ = services.GetRequiredKeyedService<IGrainStorage>(StateStore.Name);
        var wait = new StorageWait(options.Timeouts.StorageStart, clock, logger);
        await servers.WaitAsync(wait, cancellationToken);
        await wait.ForAsync("the storage of blobs", "FED_BLOBS", blobs.OpenAsync, cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await wake.WakeAllAsync(cancellationToken);
        await CreateAsync(cancellationToken);
        phase.MarkReady();
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        var creator = services.GetRequiredService<FederationCreator>();
        var store = services.GetRequiredService<IBlobStore>();
        foreach (var (file, written) in files.All)
        {
            try
            {
                var existing = await creator.FindAsync(written.Name);
                var settings = await FederationFile.ImportModelsAsync(
                    file, written, existing?.Settings, store, cancellationToken);
                var (description, created) = await creator.CreateAsync(settings, cancellationToken);
                Log.FederationServed(logger, settings.Name, description.Parameters, created);
            }
            catch (RefusedException refused)
            {
                throw FederationFile.Wrong(file, refused);
            }
        }
    }
}

/// <summary>Where the process stands in its life: starting, ready, stopping.</summary>
public sealed class SiloPhase(IHostApplicationLifetime lifetime)
{
    private volatile bool _started;

    /// <summary>It has been ready, whatever it is now.</summary>
    public bool HasStarted => _started;

    public bool IsReady => _started && !IsStopping;

    public bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Cancelled when the silo is told to stop: what waits then should answer and go.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    public void MarkReady() => _started = true;
}
