using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Fed.Contracts.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Fed.Client.Protocol;

/// <summary>Where silos listen for Orleans clients: any of them serves, and the others stand in for it.</summary>
public sealed record OrleansGateways(IReadOnlyList<DnsEndPoint> All)
{
    public static OrleansGateways None { get; } = new([]);

    public bool IsEmpty => All.Count == 0;

    /// <param name="text"><c>HOST:PORT</c>, more of them after commas; an IPv6 address in brackets.</param>
    /// <exception cref="ArgumentException">It is not of this form.</exception>
    public static OrleansGateways Parse(string text) =>
        new([.. text.Split(',', StringSplitOptions.TrimEntries).Select(part => ParseOne(part, text))]);

    public override string ToString() => string.Join(',', All.Select(gateway => $"{gateway.Host}:{gateway.Port}"));

    private static DnsEndPoint ParseOne(string part, string text)
    {
        var colon = part.LastIndexOf(':');
        var host = colon < 0 ? "" : part[..colon].TrimStart('[').TrimEnd(']');
        return Uri.CheckHostName(host) != UriHostNameType.Unknown
            && ushort.TryParse(part.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port > 0
                ? new DnsEndPoint(host, port)
                : throw new ArgumentException(
                    $"'{text}' is no list of gateways; give HOST:PORT, several with commas between them, for example "
                    + "10.0.0.1:30000,10.0.0.2:30000");
    }

    internal async Task<IPEndPoint[]> ResolveAsync(CancellationToken cancellationToken)
    {
        var found = new List<IPEndPoint>();
        foreach (var gateway in All)
        {
            var addresses = await Dns.GetHostAddressesAsync(gateway.Host, cancellationToken);
            found.AddRange(addresses.Select(address => new IPEndPoint(address, gateway.Port)));
        }

        return [.. found];
    }
}

/// <summary>
/// A connection of Orleans to a cluster: made at the first call, and again by the next one when it could not be made.
/// Once made, it finds gateways that come back by itself.
/// </summary>
/// <param name="tls">Null: without.</param>
internal sealed class OrleansConnection(OrleansGateways gateways, ClientTimeouts timeouts, MutualTls? tls = null)
    : IDisposable
{
    /// <summary>How often it looks whether a gateway that was lost is back.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _connecting = new(1);
    private IHost? _host;

    /// <exception cref="IOException">No gateway answers.</exception>
    public async Task<IClusterClient> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _host) is { } connected)
            return Client(connected);
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            return Client(_host ??= await ConnectAsync(cancellationToken));
        }
        finally
        {
            _connecting.Release();
        }
    }

    public void Dispose()
    {
        _host?.Dispose();
        _connecting.Dispose();
    }

    private static IClusterClient Client(IHost host) => host.Services.GetRequiredService<IClusterClient>();

    private async Task<IHost> ConnectAsync(CancellationToken cancellationToken)
    {
        IHost? host = null;
        // By itself it would go on trying for ever, and say nothing.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ended.CancelAfter(timeouts.Connect);
        try
        {
            host = Build(await gateways.ResolveAsync(ended.Token));
            await host.StartAsync(ended.Token).WaitAsync(ended.Token);
            return host;
        }
        catch (Exception error)
        {
            host?.Dispose();
            if (cancellationToken.IsCancellationRequested || !IsAbsence(error))
                throw;
            throw new IOException(
                $"no gateway of {gateways} answers"
                + (ended.IsCancellationRequested
                    ? $" within {timeouts.Connect.TotalSeconds:0.#} s"
                    : $": {error.Message}"),
                error);
        }
    }

    /// <summary>What calls and connecting fail with while no silo is there.</summary>
    public static bool IsAbsence(Exception error) => error is OrleansException or SocketException
        or OperationCanceledException or ObjectDisposedException or InvalidOperationException;

    private IHost Build(IPEndPoint[] addresses)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(addresses);
            client.Configure<ClusterOptions>(cluster =>
                (cluster.ServiceId, cluster.ClusterId) = (WireFormat.Service, WireFormat.Service));
            client.Configure<GatewayOptions>(list => list.GatewayListRefreshPeriod = LookAgain);
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = timeouts.Patience);
            client.Configure<ConnectionOptions>(connection => connection.OpenConnectionTimeout = timeouts.Connect);
            if (tls is not null)
            {
                client.Configure<ClientConnectionOptions>(options =>
                    options.ConfigureConnection(connection => connection.UseClientTls(tls.Client())));
            }
        });
        return builder.Build();
    }
}
