using System.Collections.Concurrent;
using Fed.Silo.Hosting;
using Fed.Silo.Storage.Azure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fed.Tests.Silo.Cluster;

/// <summary>
/// A silo in this process, set up as one that is started with <see cref="ClusterStorage.NewCluster"/>'s environment:
/// for what its providers hold, not for how a process ends.
/// </summary>
internal sealed class HostedSilo : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly WarningLog _log;

    private HostedSilo(WebApplication app, WarningLog log)
    {
        (_app, _log) = (app, log);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Client = new HttpClient { BaseAddress = new Uri(addresses.Addresses.Single()) };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public IReadOnlyCollection<string> Warnings => _log.Lines;

    public static async Task<HostedSilo> StartAsync(Dictionary<string, string> environment, SiloOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Fed.Silo" });
        builder.Configuration.AddInMemoryCollection(environment.Select(variable => KeyValuePair.Create(
            variable.Key["FED_".Length..].Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value)));
        builder.WebHost.UseKestrelCore();
        var log = new WarningLog();
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Warning);
        if (environment.GetValueOrDefault("FED_BLOBS") is { } blobs)
        {
            options = options with
            {
                BlobConnection = AzureConnection.Parse(blobs),
                BlobContainer = environment["FED_BLOBS_CONTAINER"],
            };
        }

        var app = builder.AddFedSilo(options).Build();
        try
        {
            app.UseFedSilo();
            await app.StartAsync();
            return new HostedSilo(app, log);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>In order; its folder and what the servers hold stay.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class WarningLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                _lines.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
