using System.Net;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Grains.Persistence;
using Fed.Silo.Federations;
using Fed.Silo.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Orleans;
using Orleans.Storage;

namespace Fed.Silo.Hosting;

/// <summary>One running silo: actors, storage and gateway in this process.</summary>
public sealed class SiloHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly BlobStorage _blobs;

    private SiloHost(WebApplication app, BlobStorage blobs)
    {
        _app = app;
        _blobs = blobs;
    }

    /// <summary>Where it listens, with the real port.</summary>
    public Uri Address { get; private set; } = new("http://unknown");

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts everything; returns when requests are served and the federations of the files exist.</summary>
    /// <exception cref="ArgumentException">An option or a federation file is wrong.</exception>
    /// <exception cref="InvalidDataException">The state file is not one of this version.</exception>
    /// <exception cref="FolderInUseException">Another silo owns the data folder.</exception>
    /// <exception cref="StorageUnavailableException">Azure Blob Storage, if asked for, is away or refuses
    /// us.</exception>
    /// <exception cref="PortTakenException">Another process listens there.</exception>
    public static async Task<SiloHost> StartAsync(
        SiloOptions options,
        TimeProvider clock,
        CancellationToken cancellationToken,
        Action<ILoggingBuilder>? logging = null)
    {
        options.Validate();
        // Read before anything is started: a wrong file should cost nothing.
        var federations = options.FederationFiles.Select(file => (file, FederationFile.Read(file))).ToArray();
        var blobs = new BlobStorage(options);
        SiloHost host;
        try
        {
            host = new SiloHost(SiloApplication.Build(options, clock, blobs, logging), blobs);
        }
        catch
        {
            blobs.Dispose();
            throw;
        }

        try
        {
            await host.OpenAsync(options, federations, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Until the process is told to stop (SIGTERM, SIGINT) or <see cref="StopAsync"/> was called.</summary>
    public async Task WaitForShutdownAsync(CancellationToken cancellationToken)
    {
        await _app.WaitForShutdownAsync(cancellationToken);
        Log.Stopped(_app.Services.GetRequiredService<ILogger<SiloHost>>());
    }

    /// <summary>Lets requests in flight end, then stops the actors.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _blobs.Dispose();
    }

    private async Task OpenAsync(
        SiloOptions options,
        (string File, FederationSettings Settings)[] federations,
        CancellationToken cancellationToken)
    {
        var logger = _app.Services.GetRequiredService<ILogger<SiloHost>>();
        Log.Starting(logger, SiloApplication.Version, ActorRuntime.Name, options.DataFolder);
        // Opens the state file now: a damaged or foreign one should stop the start, not the first request.
        _ = _app.Services.GetRequiredKeyedService<IGrainStorage>(StateStore.Name);
        await _blobs.OpenAsync(_app.Services, cancellationToken);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw new PortTakenException(new IPEndPoint(options.Listen, options.Port), "--port", error);
        }

        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = new Uri(addresses.Addresses.First());
        await WakeAsync(logger);
        await CreateAsync(logger, federations, cancellationToken);
        _app.Services.GetRequiredService<SiloPhase>().MarkReady();
        Log.Listening(logger, Address.ToString());
    }

    /// <summary>
    /// After a restart actors sleep until they are called: deadlines and interrupted folds should not wait for that.
    /// </summary>
    private async Task WakeAsync(ILogger logger)
    {
        var grains = _app.Services.GetRequiredService<IGrainFactory>();
        foreach (var name in await grains.GetGrain<IFederationIndexGrain>(IFederationIndexGrain.Key).List())
        {
            try
            {
                await grains.GetGrain<IFederationGrain>(name).GetStatus();
            }
            catch (Exception error)
            {
                Log.FederationAsleep(logger, error, name);
            }
        }
    }

    private async Task CreateAsync(
        ILogger logger, (string File, FederationSettings Settings)[] federations, CancellationToken cancellationToken)
    {
        var creator = _app.Services.GetRequiredService<FederationCreator>();
        var blobs = _app.Services.GetRequiredService<IBlobStore>();
        foreach (var (file, written) in federations)
        {
            try
            {
                var settings = await FederationFile.ImportModelAsync(file, written, blobs, cancellationToken);
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
