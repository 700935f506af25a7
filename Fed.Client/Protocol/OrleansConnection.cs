using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Fed.Client.Agent;
using Fed.Contracts.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;

namespace Fed.Client.Protocol;

/// <summary>
/// A connection of Orleans to a cluster: made at the first call, and again by the next one when it could not be made.
/// Once made, it finds gateways that come back by itself.
/// </summary>
/// <param name="tls">Null: without.</param>
/// <param name="resolve">The addresses of a host; null: the system's.</param>
internal sealed class OrleansConnection(
    OrleansGateways gateways,
    ClientTimeouts timeouts,
    MutualTls? tls = null,
    Func<string, Task<IPAddress[]>>? resolve = null)
    : IDisposable
{
    /// <summary>How often it looks whether a gateway that was lost is back, and where.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    /// <summary>What other gateways get when one has closed the connection.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _connecting = new(1);
    private IHost? _host;

    /// <exception cref="IOException">No gateway answers.</exception>
    /// <exception cref="AgentException">The silos there are another cluster.</exception>
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
        // By itself it would go on trying for ever, and say nothing.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ended.CancelAfter(timeouts.Connect);
        var isClosed = false;
        try
        {
            while (true)
            {
                if (await TryConnectAsync(ended.Token) is { } connected)
                    return connected;
                isClosed = true;
            }
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && IsAbsence(error))
        {
            throw new IOException(
                $"no gateway of {gateways} answers"
                + (ended.IsCancellationRequested
                    ? $" within {timeouts.Connect.TotalSeconds:0.#} s"
                    : $": {error.Message}")
                + (isClosed
                    ? $"; it closes the connection: see that --orleans-cluster, '{gateways.Cluster}', is the silos' "
                        + "FED_Orleans__ClusterId, and whether they want TLS"
                    : ""),
                error);
        }
    }

    /// <returns>Null: a gateway closed the connection, and no other one has answered soon after.</returns>
    private async Task<IHost?> TryConnectAsync(CancellationToken ended)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(ended);
        using var log = new ConnectionLog();
        var host = Build(log);
        try
        {
            var start = host.StartAsync(attempt.Token).WaitAsync(attempt.Token);
            if (await Task.WhenAny(start, log.Broken) != start && !log.OtherCluster.IsCompleted)
                await Task.WhenAny(start, log.OtherCluster, Task.Delay(Grace, attempt.Token));
            if (start.IsCompleted)
            {
                await start;
                return host;
            }

            // What was asked on that connection would never be answered.
            await attempt.CancelAsync();
            await ((Task)start).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended.ThrowIfCancellationRequested();
            host.Dispose();
            return log.OtherCluster.IsCompleted ? throw OfAnotherCluster(await log.OtherCluster) : null;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private AgentException OfAnotherCluster(string theirs) => new(
        ExitCode.Usage,
        $"the silos at {gateways} have the cluster id '{theirs}' (FED_Orleans__ClusterId), and --orleans-cluster is "
        + $"'{gateways.Cluster}'; give --orleans-cluster {theirs}, or the gateways of the other cluster");

    /// <summary>What calls and connecting fail with while no silo is there, and nothing else.</summary>
    public static bool IsAbsence(Exception error) => error is
        // No gateway was reached, or none is known; the name of a host is unknown just now.
        ConnectionFailedException or SiloUnavailableException or SocketException
        // The connection broke while messages were on their way, or the gateway is stopping or full.
        or OrleansMessageRejectionException or GatewayTooBusyException or ClientNotAvailableException
        // The call was given up with its connection (ConnectionAbortedException too), or the wait for one ended.
        or OperationCanceledException or ObjectDisposedException;

    private IHost Build(ConnectionLog log)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(log);
        builder.UseOrleansClient(client =>
        {
            client.Services.AddSingleton<IGatewayListProvider>(new GatewayList(
                gateways, LookAgain, resolve ?? (static host => Dns.GetHostAddressesAsync(host))));
            client.Configure<ClusterOptions>(cluster =>
                (cluster.ServiceId, cluster.ClusterId) = (gateways.Service, gateways.Cluster));
            if (AgentTraces.IsListenedTo)
                client.AddActivityPropagation();
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

/// <summary>
/// The gateways, with the addresses that their hosts have now: a pod that was replaced has another one. A gateway that
/// was lost is tried again after <paramref name="period"/>.
/// </summary>
/// <param name="resolve">The addresses of a host.</param>
internal sealed class GatewayList(
    OrleansGateways gateways, TimeSpan period, Func<string, Task<IPAddress[]>> resolve) : IGatewayListProvider
{
    public TimeSpan MaxStaleness => period;

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    /// <exception cref="SocketException">No host's name is known.</exception>
    public async Task<IList<Uri>> GetGateways()
    {
        var found = new HashSet<IPEndPoint>();
        SocketException? unknown = null;
        foreach (var gateway in gateways.All)
        {
            try
            {
                foreach (var address in await resolve(gateway.Host))
                    found.Add(new IPEndPoint(address, gateway.Port));
            }
            catch (SocketException error)
            {
                // Its silo may be on its way back; the others stand in for it.
                unknown = error;
            }
        }

        return found.Count == 0 && unknown is not null
            ? throw unknown
            : [.. found.Select(each => each.ToGatewayUri())];
    }
}

/// <summary>
/// Hears in what Orleans logs that a connection ended, which it tells nobody else: whoever waits for an answer on it
/// waits on. One reason is that the silos are another cluster than the client was told: each side says its cluster id
/// and closes the connection when the other's is not the same; the gateway may do so before its own has left.
/// </summary>
internal sealed partial class ConnectionLog : ILoggerProvider, ILogger
{
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource<string> _otherCluster =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a connection that stood has ended.</summary>
    public Task Broken => _broken.Task;

    /// <summary>Completes with the id of the silos' cluster, if that is not the client's.</summary>
    public Task<string> OtherCluster => _otherCluster.Task;

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (exception is null)
            return;
        if (exception is InvalidOperationException && Unexpected().Match(exception.Message) is { Success: true } match)
            _otherCluster.TrySetResult(match.Groups["theirs"].Value);
        if (Terminated().IsMatch(formatter(state, exception)))
            _broken.TrySetResult();
    }

    public void Dispose()
    {
        // It holds nothing; the host that it is given to outlives the wait.
    }

    /// <summary>Of Orleans' ClientOutboundConnection.</summary>
    [GeneratedRegex("^Unexpected cluster id \"(?<theirs>.*)\", expected \"")]
    private static partial Regex Unexpected();

    /// <summary>Of Orleans' ConnectionManager.</summary>
    [GeneratedRegex("^Connection .* terminated$")]
    private static partial Regex Terminated();
}
