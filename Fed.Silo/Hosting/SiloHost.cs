using System.Net;
using Fed.Silo.Storage;
using Fed.Silo.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Fed.Silo.Hosting;

/// <summary>One running silo: actors, storage and gateway in this process, and nothing else.</summary>
public sealed class SiloHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private readonly StopLimit? _limit;

    private SiloHost(WebApplication app, StopLimit? limit)
    {
        _app = app;
        _limit = limit;
        // In the order in which they were given.
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Address = new Uri(addresses.First());
        MetricsAddress = new Uri(new Uri(addresses.Last()), TelemetryExport.Path);
    }

    /// <summary>Where it listens, with the real port.</summary>
    public Uri Address { get; }

    /// <summary>Of <c>/metrics</c>: of this or another port.</summary>
    public Uri MetricsAddress { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts everything; returns when requests are served and the federations of the files exist.</summary>
    /// <param name="lateStop">
    /// Called when the stop takes longer than <see cref="SiloTimeouts.Stop"/>, with a line that says so: it should end
    /// the process. Null: the stop takes as long as it takes.
    /// </param>
    /// <exception cref="ArgumentException">An option or a federation file is wrong.</exception>
    /// <exception cref="InvalidDataException">The state file is not one of this version.</exception>
    /// <exception cref="FolderInUseException">Another silo owns the data folder.</exception>
    /// <exception cref="StorageUnavailableException">
    /// Azure Blob Storage, if asked for, is away or refuses us.
    /// </exception>
    /// <exception cref="PortTakenException">Another process listens there.</exception>
    public static async Task<SiloHost> StartAsync(
        SiloOptions options,
        TimeProvider clock,
        CancellationToken cancellationToken,
        Action<ILoggingBuilder>? logging = null,
        Action<string>? lateStop = null)
    {
        // Empty: nothing is read from the folder that the silo happens to be started in.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Fed.Silo" });
        builder.Configuration.AddEnvironmentVariables("FED_");
        builder.Configuration.AddInMemoryCollection(TelemetryOptions.OpenTelemetryVariables());
        builder.Services.AddSingleton(clock);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        builder.WebHost.UseKestrelCore();
        SetUpLogging(builder, logging);
        var app = builder.AddFedSilo(options).Build();
        // Of the start, too: that may hang on the same servers.
        var limit = lateStop is null ? null : new StopLimit(
            app.Services.GetRequiredService<SiloOptions>().Timeouts.Stop,
            clock,
            lateStop,
            app.Lifetime.ApplicationStopping);
        try
        {
            app.UseFedSilo();
            await app.StartAsync(cancellationToken);
            var host = new SiloHost(app, limit);
            Log.Listening(
                app.Services.GetRequiredService<ILogger<SiloHost>>(), host.Address.ToString(),
                host.MetricsAddress.ToString());
            return host;
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            var metrics = app.Services.GetRequiredService<SiloOptions>().Telemetry.Listen;
            await DisposeAsync(app, limit);
            throw metrics is not null && error.Message.Contains($"//{metrics}:", StringComparison.Ordinal)
                ? new PortTakenException(metrics, TelemetryOptions.Variable(nameof(TelemetryOptions.Listen)), error)
                : new PortTakenException(new IPEndPoint(options.Listen, options.Port), "--port", error);
        }
        catch
        {
            // In order, where the actors ran already: a federation's file was refused. What fails then is not what the
            // start failed of.
            await app.StopAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await DisposeAsync(app, limit);
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

    public ValueTask DisposeAsync() => DisposeAsync(_app, _limit);

    private static async ValueTask DisposeAsync(WebApplication app, StopLimit? limit)
    {
        using (limit)
            await app.DisposeAsync();
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
}
