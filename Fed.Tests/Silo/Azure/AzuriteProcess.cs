using System.Diagnostics;
using Fed.Cli.Children;
using Fed.Client;
using Fed.Silo.Storage.Azure;

namespace Fed.Tests.Silo.Azure;

/// <summary>
/// Azurite as a process on free ports: its service of blobs, and if asked for that of tables. The kernel ends it when
/// the process of the tests ends, however that does.
/// </summary>
internal sealed class AzuriteProcess : IAsyncDisposable
{
    public const string Account = "devstoreaccount1";

    /// <summary>The key that every Azurite has; public.</summary>
    public const string Key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>"is successfully listening at" or "successfully listens on", and the address.</summary>
    private const string Listens = " successfully listen";

    /// <summary>As long as the tests run: with the thread that starts it, a process is told to end.</summary>
    private static readonly LaunchThread Launcher = new();

    private readonly string? _folder;
    private readonly bool _tables;
    private ChildProcess? _process;

    private AzuriteProcess(string? folder, bool tables) => (_folder, _tables) = (folder, tables);

    /// <summary>The folder of the npm package; null when it is not installed.</summary>
    public static string? Installation { get; } = Find();

    /// <summary>Of the blobs.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    public Uri TableAddress { get; private set; } = new("http://127.0.0.1:0");

    public string ConnectionString => ConnectionStringWith(Key);

    public AzureConnection Connection => AzureConnection.Parse(ConnectionString);

    /// <param name="folder">Where blobs outlive the process; null: in its memory.</param>
    public static async Task<AzuriteProcess> StartAsync(string? folder = null, bool tables = false)
    {
        var azurite = new AzuriteProcess(folder, tables);
        await azurite.StartAgainAsync();
        return azurite;
    }

    public string ConnectionStringWith(string key) =>
        $"AccountName={Account};AccountKey={key};BlobEndpoint={Address.AbsoluteUri}{Account};"
        + $"TableEndpoint={TableAddress.AbsoluteUri}{Account}";

    /// <summary>On the same ports as before, if there was one.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo("node",
        [
            Path.Combine(Installation!, "dist", "src", _tables ? "azurite.js" : Path.Combine("blob", "main.js")),
            "--blobHost", "127.0.0.1", "--blobPort", $"{Address.Port}", "--silent", "--disableTelemetry",
            .. _tables
                ? (string[])
                [
                    "--tableHost", "127.0.0.1", "--tablePort", $"{TableAddress.Port}",
                    "--queueHost", "127.0.0.1", "--queuePort", "0", "--skipApiVersionCheck",
                ]
                : [],
            .. _folder is null ? (string[])["--inMemoryPersistence"] : ["--location", _folder],
        ]);
        // With tables comes a service of queues.
        var missing = _tables ? 3 : 1;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = await Launcher.RunAsync(() => ChildProcess.Start(Programs.Bound(start, "KILL"), line =>
        {
            if (!line.Contains(Listens, StringComparison.Ordinal))
                return;
            var address = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]);
            if (line.Contains("Blob", StringComparison.Ordinal))
                Address = address;
            else if (line.Contains("Table", StringComparison.Ordinal))
                TableAddress = address;
            if (--missing == 0)
                ready.TrySetResult();
        }));
        await Task.WhenAny(ready.Task, _process.Ended);
        if (!ready.Task.IsCompleted)
            throw new InvalidOperationException($"Azurite ended before it listened: {_process.Errors}");
    }

    /// <summary>In order: what it holds is in its folder afterwards.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        await process.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static string? Find()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        // FED_AZURITE is where ./fed test put it.
        var installed = Environment.GetEnvironmentVariable("FED_AZURITE") is { Length: > 0 } named
            ? named
            : Path.Combine(cache, "fedhier", "azurite-3.37");
        var package = Path.Combine(installed, "node_modules", "azurite");
        return Directory.Exists(package) ? package : null;
    }
}
