using System.Reflection;
using System.Text.Encodings.Web;
using Fed.Contracts;
using Fed.Contracts.Keys;
using Fed.Grains.Collection;
using Fed.Grains.Federations;
using Fed.Grains.Folding;
using Fed.Grains.Persistence;
using Fed.Grains.Versions;
using Fed.Silo.Collection;
using Fed.Silo.Federations;
using Fed.Silo.Gateway;
using Fed.Silo.Gateway.Status;
using Fed.Silo.Gateway.Updates;
using Fed.Silo.Keys;
using Fed.Silo.Page;
using Fed.Silo.Storage;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Fed.Silo.Hosting;

/// <summary>Puts the silo together: services, limits, and the order of the middleware.</summary>
internal static class SiloApplication
{
    public static string Version { get; } =
        typeof(SiloApplication).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "0";

    public static WebApplication Build(
        SiloOptions options,
        TimeProvider clock,
        BlobStorage blobs,
        Action<ILoggingBuilder>? logging)
    {
        // Empty: nothing is read from the folder that the silo happens to be started in.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Fed.Silo" });
        builder.Configuration.AddEnvironmentVariables("FED_");
        SetUpLogging(builder, logging);
        SetUpServer(builder, options);
        ActorRuntime.Add(builder, options);

        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(options.Fold);
        services.AddSingleton<FoldJobs>();
        services.AddSingleton<Setbacks>();
        services.AddSingleton(clock);
        services.AddSingleton<IFederationKeys>(_ => new KeyFolder(options.KeyFolder));
        services.AddSingleton<ManifestStore>();
        services.AddSingleton<RosterIndex>();
        services.AddSingleton<BlobCollector>();
        services.AddHostedService<CollectionSchedule>();
        blobs.Register(services);
        services.AddSingleton<SiloPhase>();
        services.AddSingleton<FederationDirectory>();
        services.AddSingleton<FederationCreator>();
        services.AddSingleton<InitialModels>();
        services.AddSingleton<StatusFeeds>();
        services.AddSingleton<LongPolls>();
        services.AddSingleton<KeyCache>();
        services.AddSingleton<UpdateUpload>();
        services.AddRouting();
        services.ConfigureHttpJsonOptions(json =>
        {
            FedJson.Configure(json.SerializerOptions);
            // Quotation marks as they are: this JSON is read by people in terminals and never stands in HTML.
            json.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
        ProblemHandler.Add(services);
        services.AddSingleton<RejectedRequests>();
        services.AddSingleton<PublishedManifests>();
        // Made now, so that a wrong setting ends the start.
        var throttling = new Throttling(options, builder.Configuration);
        services.AddSingleton(throttling);
        services.AddSingleton<IConfigureOptions<RateLimiterOptions>>(throttling);
        services.AddRateLimiter(_ => { });
        services.AddOpenApi("v1", OpenApiTexts.Configure);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Timeouts.Shutdown);
        services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);

        var app = builder.Build();
        app.Services.GetRequiredService<RejectedRequests>().Listen();
        app.Use(throttling.CountRefusalsAsync);
        ProblemHandler.Use(app);
        app.Use(throttling.RequirePatienceAsync);
        app.UseReadiness();
        app.UseRouting();
        app.UseRateLimiter();
        app.MapGateway(options);
        app.MapDiscard(options);
        app.MapHealth();
        app.MapStatusPage();
        app.MapOpenApi("/openapi/{documentName}.json");
        return app;
    }

    /// <summary>Logs go to standard error: standard output is for the ready line.</summary>
    private static void SetUpLogging(WebApplicationBuilder builder, Action<ILoggingBuilder>? logging)
    {
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        // At every start Orleans' watchdog warns of a check that "has not completed" since the machine was started.
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        // What it retries and gives up, Orleans says too.
        builder.Logging.AddFilter("Polly", LogLevel.None);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        if (logging is not null)
        {
            logging(builder.Logging);
            return;
        }

        builder.Logging.AddSimpleConsole(format =>
        {
            format.SingleLine = true;
            format.UseUtcTimestamp = true;
            format.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void SetUpServer(WebApplicationBuilder builder, SiloOptions options) =>
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Listen(options.Listen, options.Port, RejectedRequests.Watch);
            var limits = server.Limits;
            limits.MaxRequestBodySize = BodyLimit.SmallJson;
            limits.MaxRequestHeadersTotalSize = HeadLimits.HeaderBytes;
            limits.MaxRequestLineSize = HeadLimits.LineBytes;
            limits.MaxRequestHeaderCount = HeadLimits.Headers;
            limits.MaxConcurrentConnections = options.MaxConnections;
            limits.RequestHeadersTimeout = options.Timeouts.RequestHeaders;
            limits.KeepAliveTimeout = options.Timeouts.IdleConnection;
            var slowest = options.MinBodyBytesPerSecond;
            limits.MinRequestBodyDataRate = slowest == 0
                ? null
                : new Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate(slowest, options.Timeouts.BodyGrace);
        });
}
