using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Fed.Cli.Children;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Silo.Hosting;

namespace Fed.Cli.Cluster;

/// <summary>Who keeps membership, state and reminders of the silos.</summary>
internal enum ClusterStorage
{
    Redis,
    Azure,
}

/// <summary>
/// What silos on this machine share: a server for membership, state and reminders, started here on loopback, and two
/// folders for blobs and keys. Nothing of it is kept.
/// </summary>
internal sealed class SharedStorage : IAsyncDisposable
{
    /// <summary>Where <c>./fed</c> has installed Azurite.</summary>
    private const string AzuriteVariable = "FED_AZURITE";

    /// <summary>Anybody's: Azurite's documented account.</summary>
    private const string Account = "devstoreaccount1";

    private const string Key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const int Tries = 5;

    private readonly LaunchThread _launcher = new();
    private readonly string _folder;
    private readonly string _provider;
    private Server? _start;
    private ChildProcess? _server;
    private string _connection = "";

    private SharedStorage(string folder, string provider)
    {
        _folder = folder;
        _provider = provider;
    }

    private string ConnectionVariable =>
        $"FED_Providers__{(_provider == SiloProviders.Redis ? "Redis" : "Azure")}__ConnectionString";

    /// <param name="folder">Of this storage; new.</param>
    /// <exception cref="AgentException">The server is not installed, or does not start.</exception>
    public static async Task<SharedStorage> StartAsync(
        ClusterStorage kind, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var storage = new SharedStorage(
            folder, kind == ClusterStorage.Redis ? SiloProviders.Redis : SiloProviders.Azure);
        try
        {
            await (kind == ClusterStorage.Redis ? storage.StartRedisAsync() : storage.StartAzuriteAsync())
                .WaitAsync(cancellationToken);
            return storage;
        }
        catch
        {
            await storage.DisposeAsync();
            throw;
        }
    }

    /// <summary>A silo that is started so shares it with the others.</summary>
    public void Configure(ProcessStartInfo silo)
    {
        foreach (var (option, name) in (ReadOnlySpan<(string, string)>)[("--blobs", "blobs"), ("--keys", "keys")])
        {
            silo.ArgumentList.Add(option);
            silo.ArgumentList.Add(Path.Combine(_folder, name));
        }

        silo.Environment.Remove(Programs.BlobsVariable);
        foreach (var setting in (ReadOnlySpan<string>)["Clustering", "State", "Reminders"])
            silo.Environment[$"FED_Providers__{setting}"] = _provider;
        silo.Environment[ConnectionVariable] = _connection;
    }

    /// <summary>The server ends, in order, and is started again after so long, where it was.</summary>
    /// <exception cref="AgentException">It does not start again.</exception>
    public async Task AwayAsync(TimeSpan duration, TimeProvider time, CancellationToken cancellationToken)
    {
        await _server!.DisposeAsync();
        await Task.Delay(duration, time, cancellationToken);
        if (await StartAsync(_start!) is null)
            throw new AgentException(ExitCode.Failure, $"the storage does not start again: {_server.Errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _launcher.Dispose();
    }

    /// <summary>Redis cannot say which port it was given: free ones are tried.</summary>
    private async Task StartRedisAsync()
    {
        if (Programs.FindOnPath("redis-server") is not { } program)
        {
            throw new AgentException(
                ExitCode.Usage,
                "--storage redis needs redis-server, which is not installed; install it (apt-get install "
                + "redis-server)");
        }

        for (var left = Tries; ; left--)
        {
            var port = FreePort();
            var start = new ProcessStartInfo(program,
            [
                "--bind", "127.0.0.1", "--port", $"{port}", "--dir", _folder, "--save", "",
                "--appendonly", "yes", "--appendfsync", "always",
            ]);
            if (await StartAsync(new Server(Programs.Bound(start), "Ready to accept connections", 1)) is not null)
            {
                _connection = $"127.0.0.1:{port}";
                return;
            }

            if (left == 1)
                throw new AgentException(ExitCode.Failure, $"redis-server does not start: {_server!.Errors}");
            await _server!.DisposeAsync();
        }
    }

    private async Task StartAzuriteAsync()
    {
        var installed = Environment.GetEnvironmentVariable(AzuriteVariable);
        var script = Path.Combine(installed ?? "", "node_modules", "azurite", "dist", "src", "azurite.js");
        if (Programs.FindOnPath("node") is not { } node || string.IsNullOrEmpty(installed) || !File.Exists(script))
        {
            throw new AgentException(
                ExitCode.Usage,
                "--storage azure needs node and Azurite; install node (apt-get install nodejs npm), then Azurite in a "
                + $"folder (npm install --prefix FOLDER azurite), and name that folder in {AzuriteVariable}");
        }

        const string listens = "is successfully listening at ";
        Server On(int blobs, int tables) => new(
            Programs.Bound(new ProcessStartInfo(node,
            [
                script, "--skipApiVersionCheck", "--blobHost", "127.0.0.1", "--blobPort", $"{blobs}",
                "--tableHost", "127.0.0.1", "--tablePort", $"{tables}", "--queueHost", "127.0.0.1", "--queuePort", "0",
                "--silent", "--disableTelemetry", "--location", _folder,
            ])),
            listens,
            3);
        var lines = await StartAsync(On(0, 0)) ?? throw new AgentException(
            ExitCode.Failure, $"Azurite does not start: {_server!.Errors}");
        Uri Endpoint(string service) => new(lines
            .First(line => line.StartsWith($"Azurite {service}", StringComparison.Ordinal))
            .Split(listens)[1].TrimEnd('/') + "/" + Account);
        var (blobs, tables) = (Endpoint("Blob"), Endpoint("Table"));
        _start = On(blobs.Port, tables.Port);
        _connection = $"AccountName={Account};AccountKey={Key};BlobEndpoint={blobs};TableEndpoint={tables}";
    }

    /// <returns>The lines that say that it serves; null: it has ended before.</returns>
    private async Task<IReadOnlyList<string>?> StartAsync(Server server)
    {
        _start = server;
        var lines = new List<string>();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server = await _launcher.RunAsync(() => ChildProcess.Start(server.Start, line =>
        {
            if (!line.Contains(server.Ready, StringComparison.Ordinal))
                return;
            lines.Add(line);
            if (lines.Count == server.ReadyLines)
                ready.TrySetResult();
        }));
        await Task.WhenAny(ready.Task, _server.Ended);
        return ready.Task.IsCompleted ? lines : null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <param name="Ready">Of the lines that say that it serves.</param>
    private sealed record Server(ProcessStartInfo Start, string Ready, int ReadyLines);
}
