using System.Diagnostics;
using Fed.Silo.Storage.Azure;

namespace Fed.Tests.Silo.Azure;

/// <summary>
/// Azurite as a process on free ports: its service of blobs, and if asked for that of tables. It ends when its standard input does, so that it never outlives
/// the tests, however they end.
/// </summary>
internal sealed class AzuriteProcess : IAsyncDisposable
{
    public const string Account = "devstoreaccount1";

    /// <summary>The key that every Azurite has; public.</summary>
    public const string Key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const string Listens = "successfully listen";

    private const string EndWithInput =
        "process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).resume(); require(process.argv[1])";

    private readonly string? _folder;
    private readonly bool _tables;
    private Process? _process;

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
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        string[] arguments =
        [
            "-e", EndWithInput,
            Path.Combine(Installation!, "dist", "src", _tables ? "azurite.js" : Path.Combine("blob", "main.js")),
            "--blobHost", "127.0.0.1", "--blobPort", Address.Port.ToString(), "--silent", "--disableTelemetry",
            .. _tables
                ? new[]
                {
                    "--tableHost", "127.0.0.1", "--tablePort", TableAddress.Port.ToString(),
                    "--queueHost", "127.0.0.1", "--queuePort", "0", "--skipApiVersionCheck",
                }
                : [],
            .. _folder is null ? new[] { "--inMemoryPersistence" } : ["--location", _folder],
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        // With tables comes a service of queues.
        var missing = _tables ? 3 : 1;
        while (missing > 0 && await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.Contains(Listens, StringComparison.Ordinal))
                continue;
            var address = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]);
            if (line.Contains("Blob", StringComparison.Ordinal))
                Address = address;
            else if (line.Contains("Table", StringComparison.Ordinal))
                TableAddress = address;
            missing--;
        }

        if (missing == 0)
            return;
        throw new InvalidOperationException("Azurite ended before it listened; see its standard error");
    }

    /// <summary>In order: what it holds is in its folder afterwards.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.StandardInput.Close();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.Dispose();
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
