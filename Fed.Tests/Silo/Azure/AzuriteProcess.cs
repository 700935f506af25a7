using System.Diagnostics;
using Fed.Silo.Storage.Azure;

namespace Fed.Tests.Silo.Azure;

/// <summary>
/// Azurite's blob service as a process on a free port. It ends when its standard input does, so that it never outlives
/// the tests, however they end.
/// </summary>
internal sealed class AzuriteProcess : IAsyncDisposable
{
    public const string Account = "devstoreaccount1";

    /// <summary>The key that every Azurite has; public.</summary>
    public const string Key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const string Listens = "successfully listens on ";

    private const string EndWithInput =
        "process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).resume(); require(process.argv[1])";

    private readonly string? _folder;
    private Process? _process;

    private AzuriteProcess(string? folder) => _folder = folder;

    /// <summary>The folder of the npm package; null when it is not installed.</summary>
    public static string? Installation { get; } = Find();

    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    public string ConnectionString => ConnectionStringWith(Key);

    public AzureConnection Connection => AzureConnection.Parse(ConnectionString);

    /// <param name="folder">Where blobs outlive the process; null: in its memory.</param>
    public static async Task<AzuriteProcess> StartAsync(string? folder = null)
    {
        var azurite = new AzuriteProcess(folder);
        await azurite.StartAgainAsync();
        return azurite;
    }

    public string ConnectionStringWith(string key) =>
        $"AccountName={Account};AccountKey={key};BlobEndpoint={Address.AbsoluteUri.TrimEnd('/')}/{Account}";

    /// <summary>On the same port as before, if there was one.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        string[] arguments =
        [
            "-e", EndWithInput, Path.Combine(Installation!, "dist", "src", "blob", "main.js"),
            "--blobHost", "127.0.0.1", "--blobPort", Address.Port.ToString(), "--silent", "--disableTelemetry",
            .. _folder is null ? new[] { "--inMemoryPersistence" } : ["--location", _folder],
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var at = line.IndexOf(Listens, StringComparison.Ordinal);
            if (at < 0)
                continue;
            Address = new Uri(line[(at + Listens.Length)..]);
            return;
        }

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
