using System.Diagnostics.Metrics;
using Fed.Grains.Telemetry;
using Fed.Silo.Gateway;
using Fed.Silo.Hosting;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Fed.Silo.Telemetry;

/// <summary>
/// Our meter, and those of Orleans, ASP.NET Core and the runtime, at <c>/metrics</c> as Prometheus has it, and by OTLP
/// where OpenTelemetry's variables name a collector, which is sent traces too.
/// </summary>
internal static class TelemetryExport
{
    public const string Path = "/metrics";

    /// <summary>Of the connections that come to the address of its own.</summary>
    private const string Mark = "fed.metrics";

    private static readonly string[] Meters =
    [
        FedMetrics.MeterName, "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "System.Net.Http",
    ];

    /// <summary>Series of one metric; memory for as many is taken at the start. More share one that says so.</summary>
    private const int FewSeries = 200;

    private const int SeriesOfTiers = 2000;

    private const int SeriesOfParticipants = 20_000;

    private static readonly string[] Traces =
        [FedTraces.SourceName, "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application"];

    public static void Add(IServiceCollection services, SiloOptions options)
    {
        var telemetry = options.Telemetry;
        FedMetrics.AddTo(services, telemetry.Participants);
        services.AddSingleton(new WatchedFolder("data", options.DataFolder));
        if (options.AzureBlobs is null)
            services.AddSingleton(new WatchedFolder("blobs", options.Blobs.Root));
        var export = services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService("fedhier-silo", serviceVersion: FedSilo.Version, serviceInstanceId: Environment.MachineName)
            .AddEnvironmentVariableDetector());
        export.WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters);
            metrics.AddPrometheusExporter(prometheus => prometheus.ScopeInfoEnabled = false);
            if (!telemetry.SendsOtlp)
                return;
            metrics.AddOtlpExporter();
            // Only then are there traces of ours: else an exemplar would name whatever a caller's header does.
            metrics.SetExemplarFilter(ExemplarFilterType.TraceBased);
        });
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) =>
        {
            var own = provider.GetRequiredService<IMeterFactory>();
            metrics.AddView(instrument => instrument.Meter.Scope is IMeterFactory factory && factory != own
                // Of another silo in this process, which has an exporter of its own.
                ? MetricStreamConfiguration.Drop
                : new MetricStreamConfiguration { CardinalityLimit = MostSeriesOf(instrument.Name, telemetry) });
        });
        if (telemetry.SendsOtlp)
            export.WithTracing(traces => traces
                .AddSource(Traces).AddAspNetCoreInstrumentation().AddOtlpExporter());
    }

    /// <summary>After the gateway's own: the first address is what the silo is called by.</summary>
    public static void Listen(KestrelServerOptions server, TelemetryOptions telemetry)
    {
        if (telemetry.Listen is not { } address)
            return;
        server.Listen(address, endpoint => endpoint.Use(next => connection =>
        {
            connection.Items[Mark] = true;
            return next(connection);
        }));
    }

    /// <summary>Before everything else: at the address of its own there is nothing but the metrics.</summary>
    public static void Use(WebApplication app)
    {
        // Made now, so that its series are there from the first scrape on.
        app.Services.GetRequiredService<FedMetrics>();
        app.MapWhen(IsOwnAddress, own =>
        {
            own.UseOpenTelemetryPrometheusScrapingEndpoint(Path);
            own.Run(static context =>
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            });
        });
    }

    /// <summary>On the gateway's address, where there is no other.</summary>
    public static void Map(WebApplication app)
    {
        if (app.Services.GetRequiredService<SiloOptions>().Telemetry.Listen is not null)
            return;
        app.UseWhen(
            context => context.Request.Path == Path,
            own =>
            {
                own.Use((HttpContext context, RequestDelegate next) =>
                {
                    LoopbackOnly.Require(context);
                    return next(context);
                });
                own.UseOpenTelemetryPrometheusScrapingEndpoint(Path);
            });
    }

    private static int MostSeriesOf(string name, TelemetryOptions telemetry) =>
        !name.StartsWith(FedMetrics.Prefix, StringComparison.Ordinal) ? FewSeries
            : !name.StartsWith(FedMetrics.ParticipantPrefix, StringComparison.Ordinal) ? SeriesOfTiers
            : telemetry.Participants ? SeriesOfParticipants
            : FewSeries;

    private static bool IsOwnAddress(HttpContext context) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(Mark) == true;
}
