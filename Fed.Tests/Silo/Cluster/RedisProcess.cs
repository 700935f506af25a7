using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Fed.Tests.Silo.Cluster;

/// <summary>
/// A Redis server as a process on a free port, with a folder of its own. It ends when the shell that guards it loses its
/// standard input, so that it never outlives the tests, however they end.
/// </summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private const string Guard = "redis-server \"$@\" & server=$!; cat >/dev/null; kill $server; wait $server";

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-redis-").FullName;
    private readonly string[] _settings;
    private Process? _process;
    private Task<string> _rest = Task.FromResult("");

    /// <param name="settings">More arguments of the server.</param>
    public RedisProcess(params string[] settings)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Port = ((IPEndPoint)free.LocalEndpoint).Port;
        _settings = settings;
    }

    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Durable, unless the settings say otherwise.</summary>
    public static async Task<RedisProcess> StartAsync(params string[] settings)
    {
        var redis = new RedisProcess(settings);
        await redis.StartAsync();
        return redis;
    }

    /// <summary>Again: with what it held.</summary>
    public async Task StartAsync()
    {
        string[] arguments =
        [
            "-c", Guard, "sh", "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder, "--save", "",
            "--appendonly", "yes", "--appendfsync", "always", .. _settings,
        ];
        var process = Process.Start(new ProcessStartInfo("sh", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.Contains("Ready to accept connections", StringComparison.Ordinal))
                continue;
            (_process, _rest) = (process, process.StandardOutput.ReadToEndAsync());
            return;
        }

        throw new InvalidOperationException($"redis-server did not start on port {Port}");
    }

    public async Task StopAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.StandardInput.Close();
        await _rest;
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A test against real Redis and Azurite: skipped, and shown as skipped, where one is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ServersFactAttribute : FactAttribute
{
    public ServersFactAttribute() => Skip = Missing;

    /// <summary>Why such tests are skipped; null: they are not.</summary>
    internal static string? Missing { get; } = RedisProcess.IsInstalled && Azure.AzuriteProcess.Installation is not null
        ? null
        : "redis-server or Azurite is not installed (./fed test installs them where it may)";
}

/// <inheritdoc cref="ServersFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ServersTheoryAttribute : TheoryAttribute
{
    public ServersTheoryAttribute() => Skip = ServersFactAttribute.Missing;
}
