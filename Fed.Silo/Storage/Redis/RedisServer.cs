using System.Net;
using StackExchange.Redis;

namespace Fed.Silo.Storage.Redis;

/// <summary>
/// A Redis server, from a connection string as StackExchange.Redis has it (its Configuration.md). Whatever of the silo
/// keeps something there shares one connection. Its password leaves this class to the library only.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task<ConnectionMultiplexer>? _connection;

    private RedisServer(ConfigurationOptions options) => Options = options;

    public ConfigurationOptions Options { get; }

    /// <exception cref="ArgumentException">It is none; the message has nothing of it.</exception>
    public static RedisServer Parse(string text)
    {
        try
        {
            var options = ConfigurationOptions.Parse(text);
            if (options.EndPoints.Count > 0)
                return new RedisServer(options);
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or OverflowException)
        {
            // Not as a cause: what it says may quote the password.
        }

        throw new ArgumentException("no connection string of StackExchange.Redis");
    }

    /// <summary>The addresses alone.</summary>
    public override string ToString() => string.Join(", ", Options.EndPoints.Select(address => address switch
    {
        DnsEndPoint name => $"{name.Host}:{name.Port}",
        _ => address.ToString(),
    }));

    /// <summary>The connection, made by the first call that succeeds; it mends itself from then on.</summary>
    /// <exception cref="RedisConnectionException">The server is away, or refuses us.</exception>
    public Task<ConnectionMultiplexer> ConnectAsync()
    {
        lock (_gate)
        {
            if (_connection is null or { IsFaulted: true })
                _connection = ConnectionMultiplexer.ConnectAsync(Options);
            return _connection;
        }
    }

    /// <summary>Connects and reads a key, as whoever keeps something there will.</summary>
    /// <exception cref="RedisException">The server is away, or refuses us.</exception>
    public async Task LookAsync() => await (await ConnectAsync()).GetDatabase().KeyExistsAsync("fedhier");

    /// <summary>
    /// Why a power cut may take what the server has acknowledged; null when it does not. An append-only file that is
    /// flushed before each answer is what keeps it (redis.io, "Redis persistence").
    /// </summary>
    public async Task<string?> FindWeaknessAsync()
    {
        var servers = (await ConnectAsync()).GetServers();
        foreach (var server in servers.Where(server => server is { IsConnected: true, IsReplica: false }))
        {
            foreach (var (setting, strong) in new[] { ("appendonly", "yes"), ("appendfsync", "always") })
            {
                if (await ReadAsync(server, setting) is var value && value != strong)
                    return $"{setting} of {server.EndPoint} is {value ?? "not known, for CONFIG GET is refused"}";
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { IsCompletedSuccessfully: true } connection)
            await (await connection).DisposeAsync();
    }

    private static async Task<string?> ReadAsync(IServer server, string setting)
    {
        try
        {
            // Not ConfigGetAsync: that wants the connection to be an administrator's, which opens more than this.
            return (string?)(await server.ExecuteAsync("CONFIG", "GET", setting))[1];
        }
        catch (RedisServerException)
        {
            return null;
        }
    }
}
