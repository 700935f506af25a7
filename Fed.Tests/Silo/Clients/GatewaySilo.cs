using System.Globalization;
using System.Net;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Silo.Hosting;
using Fed.Tests.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fed.Tests.Silo.Clients;

/// <summary>A real silo in this process that listens for Orleans clients, too, and can be started again.</summary>
public sealed class GatewaySilo : IAsyncLifetime, IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings;
    private WebApplication? _app;
    private int _federations;

    public GatewaySilo()
        : this([])
    {
    }

    /// <param name="settings">Further settings, as of the configuration.</param>
    internal GatewaySilo(Dictionary<string, string?> settings)
    {
        // Any free port will do.
        var port = settings.GetValueOrDefault(OrleansPorts.GatewayKey) is { } named
            ? int.Parse(named, CultureInfo.InvariantCulture)
            : OrleansPorts.Choose(new ConfigurationBuilder().Build()).Silo;
        _settings = new(settings) { [OrleansPorts.GatewayKey] = port.ToString(CultureInfo.InvariantCulture) };
        Gateways = new OrleansGateways([new DnsEndPoint("127.0.0.1", port)]);
        Options = new SiloOptions
        {
            Port = 0,
            DataFolder = Directory.CreateTempSubdirectory("fed-gateway-test-").FullName,
            // A call is held for a second, an idle upload dropped after ten.
            Timeouts = new SiloTimeouts { Work = TimeSpan.FromSeconds(10) },
        };
    }

    public SiloOptions Options { get; private set; }

    public OrleansGateways Gateways { get; }

    /// <summary>
    /// Of the silo and of whoever signs for it. That of the machine: Orleans compares it with what it takes from there.
    /// </summary>
    public TimeProvider Clock { get; } = TimeProvider.System;

    public Uri Address { get; private set; } = new("http://unknown");

    public IServiceProvider Services => _app!.Services;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Fed.Silo" });
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.WebHost.UseKestrelCore();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Clock);
        _app = builder.AddFedSilo(Options).Build();
        _app.UseFedSilo();
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = new Uri(addresses.Addresses.Single());
        Options = Options with { Port = Address.Port };
    }

    /// <summary>Ends it; its folder and its ports stay.</summary>
    public async Task StopAsync()
    {
        await _app!.DisposeAsync();
        _app = null;
    }

    /// <summary>A federation of the agents' tests, under a name of its own.</summary>
    public async Task<FederationSettings> CreateAsync(Func<FederationSettings, FederationSettings>? change = null)
    {
        var settings = ClientSilo.Settings() with { Name = $"f{Interlocked.Increment(ref _federations)}" };
        settings = change?.Invoke(settings) ?? settings;
        using var http = new FederationClient(Address);
        await http.CreateAsync(settings, CancellationToken.None);
        return settings;
    }

    /// <summary>Every file of the blob store that is no blob and no lock: uploads in the making.</summary>
    public string[] TemporaryFiles() => Directory.GetFiles(Options.Blobs.Root, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetFileName(path).Length != 64 && !path.EndsWith(".lock", StringComparison.Ordinal))
        .ToArray();

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await StopAsync();
        Directory.Delete(Options.DataFolder, recursive: true);
    }
}
