using System.Reflection;
using System.Text.Encodings.Web;
using Fed.Contracts;
using Fed.Contracts.Keys;
using Fed.Contracts.Storage;
using Fed.Grains.Collection;
using Fed.Grains.Federations;
using Fed.Grains.Folding;
using Fed.Grains.Persistence;
using Fed.Grains.Telemetry;
using Fed.Grains.Versions;
using Fed.Silo.Collection;
using Fed.Silo.Federations;
using Fed.Silo.Gateway;
using Fed.Silo.Gateway.Clients;
using Fed.Silo.Gateway.Status;
using Fed.Silo.Gateway.Updates;
using Fed.Silo.Keys;
using Fed.Silo.Page;
using Fed.Silo.Storage;
using Fed.Silo.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fed.Silo.Hosting;

/// <summary>
/// The way into this library: a silo (actors, storage, gateway, status page) in an ASP.NET Core application.
/// <see cref="SiloHost"/> is one that is ready made.
/// </summary>
public static class FedSilo
{
    /// <summary>Of this build.</summary>
    public static string Version { get; } =
        typeof(FedSilo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>
    /// Adds everything that a silo needs, and has the server listen where the options say. The application's
    /// configuration is read too: the sections <c>Providers</c>, <c>Timeouts</c>, <c>Throttling</c>, <c>Telemetry</c>
    /// and <c>GrainCollection</c>.
    /// </summary>
    /// <exception cref="ArgumentException">An option, a setting or a federation file is wrong.</exception>
    /// <exception cref="PortTakenException">Another process has a port that the configuration names.</exception>
    public static WebApplicationBuilder AddFedSilo(this WebApplicationBuilder builder, SiloOptions options)
    {
        options = options with
        {
            Timeouts = options.Timeouts.Read(builder.Configuration),
            Telemetry = options.Telemetry.Read(builder.Configuration),
        };
        options.Validate();
        // Read before anything is started: a wrong file should cost nothing.
        var files = new FederationFiles(options.FederationFiles);
        ActorRuntime.Add(builder, options);
        builder.WebHost.UseSockets();
        builder.WebHost.ConfigureKestrel(server => SetUp(server, options));

        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(files);
        services.AddHostedService<SiloLifecycle>();
        AddActorServices(services, options);
        TelemetryExport.Add(services, options);
        AddGateway(services, options, builder.Configuration);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Timeouts.Shutdown);
        return builder;
    }

    /// <summary>Takes the data folder for this process, and puts gateway and page where requests find them.</summary>
    /// <exception cref="FolderInUseException">Another silo owns the data folder, or the folder of blobs.</exception>
    public static WebApplication UseFedSilo(this WebApplication app)
    {
        // Before anything in the folder is read.
        app.Services.GetRequiredService<BlobStorage>();
        var options = app.Services.GetRequiredService<SiloOptions>();
        var throttling = app.Services.GetRequiredService<Throttling>();
        app.Services.GetRequiredService<RejectedRequests>().Listen();
        TelemetryExport.Use(app);
        app.Use(throttling.CountRefusalsAsync);
        ProblemHandler.Use(app);
        app.Use(throttling.RequirePatienceAsync);
        TelemetryExport.Map(app);
        app.UseReadiness();
        app.UseRouting();
        app.Use(throttling.CountRequestAsync);
        app.MapGateway(options);
        app.MapDiscard(options);
        app.MapHealth();
        app.MapStatusPage();
        app.MapDashboard(options);
        app.MapOpenApi("/openapi/{documentName}.json");
        return app;
    }

    private static void AddActorServices(IServiceCollection services, SiloOptions options)
    {
        services.AddSingleton(options.Fold);
        services.AddSingleton<FoldJobs>();
        services.AddSingleton<Setbacks>();
        services.AddSingleton<IFederationKeys>(_ => new KeyFolder(options.Keys));
        services.AddSingleton<ManifestStore>();
        services.AddSingleton<BlobCollector>();
        services.AddHostedService<CollectionSchedule>();
        services.AddSingleton<BlobStorage>();
        services.AddSingleton<IBlobStore>(provider => new MeteredBlobStore(
            provider.GetRequiredService<BlobStorage>().Store,
            provider.GetRequiredService<FedMetrics>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<StorageProbe>();
    }

    private static void AddGateway(IServiceCollection services, SiloOptions options, IConfiguration configuration)
    {
        services.AddSingleton<IMemoryPoolFactory<byte>, SocketMemory>();
        services.AddSingleton<SiloPhase>();
        services.AddSingleton<FederationDirectory>();
        services.AddSingleton<FederationCreator>();
        services.AddSingleton<FederationWake>();
        services.AddHostedService(provider => provider.GetRequiredService<FederationWake>());
        services.AddSingleton<InitialModels>();
        services.AddSingleton<StatusFeeds>();
        services.AddSingleton<LongPolls>();
        services.AddSingleton<KeyCache>();
        services.AddSingleton<ContributionIntake>();
        services.AddSingleton<ParticipantDesk>();
        services.AddSingleton(new OpenUploads(options.Throttling.Read(configuration)));
        services.AddSingleton<RejectedRequests>();
        services.AddSingleton<PublishedManifests>();
        services.AddRouting();
        services.ConfigureHttpJsonOptions(json =>
        {
            FedJson.Configure(json.SerializerOptions);
            // Quotation marks as they are: this JSON is read by people in terminals and never stands in HTML.
            json.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
        ProblemHandler.Add(services);
        // Made now, so that a wrong setting ends the start.
        var throttling = new Throttling(options, configuration);
        services.AddSingleton(throttling);
        services.AddOpenApi("v1", OpenApiTexts.Configure);
    }

    private static void SetUp(KestrelServerOptions server, SiloOptions options)
    {
        server.AddServerHeader = false;
        server.Listen(options.Listen, options.Port, RejectedRequests.Watch);
        TelemetryExport.Listen(server, options.Telemetry);
        var limits = server.Limits;
        limits.MaxRequestBodySize = BodyLimit.SmallJson;
        limits.MaxRequestBufferSize = SocketMemory.MostUnread;
        limits.MaxRequestHeadersTotalSize = HeadLimits.HeaderBytes;
        limits.MaxRequestLineSize = HeadLimits.LineBytes;
        limits.MaxRequestHeaderCount = HeadLimits.Headers;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.RequestHeadersTimeout = options.Timeouts.RequestHeaders;
        limits.KeepAliveTimeout = options.Timeouts.IdleConnection;
        var slowest = options.MinBodyBytesPerSecond;
        limits.MinRequestBodyDataRate = slowest == 0 ? null : new MinDataRate(slowest, options.Timeouts.BodyGrace);
    }
}
