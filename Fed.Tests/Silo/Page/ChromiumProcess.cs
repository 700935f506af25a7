using System.Diagnostics;
using Fed.Cli.Children;
using Fed.Client;
using Fed.Tests.Silo.Sqlite;

namespace Fed.Tests.Silo.Page;

/// <summary>
/// Chromium without a window, which listens for its driver on a free port of the loopback address and reaches no other
/// host. The kernel ends it when the process of the tests ends, however that does.
/// </summary>
internal sealed class ChromiumProcess : IAsyncDisposable
{
    /// <summary>On standard error, before the address.</summary>
    private const string Listens = "DevTools listening on ";

    /// <summary>As long as the tests run: with the thread that starts it, a process is told to end.</summary>
    private static readonly LaunchThread Launcher = new();

    private static readonly string? Program = Programs.FindOnPath("chromium");

    private readonly TemporaryFolder _profile = new();
    private ChildProcess? _process;

    private ChromiumProcess()
    {
    }

    /// <summary>Null: it is installed.</summary>
    public static string? WhyMissing { get; } =
        Program is null ? "Chromium is not installed (./fed test installs it as root, where there is apt)" : null;

    /// <summary>Where a driver connects.</summary>
    public string Address { get; private set; } = "";

    public static async Task<ChromiumProcess> StartAsync()
    {
        var chromium = new ChromiumProcess();
        try
        {
            await chromium.LaunchAsync();
            return chromium;
        }
        catch
        {
            await chromium.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
            await process.DisposeAsync();
        _profile.Dispose();
    }

    private async Task LaunchAsync()
    {
        var start = new ProcessStartInfo(Program!,
        [
            // Its own sandbox wants rights that root in a container may lack; it only meets pages of ours.
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-extensions", "--no-proxy-server",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--remote-debugging-address=127.0.0.1", "--remote-debugging-port=0",
            $"--user-data-dir={_profile.File("profile")}",
            "about:blank",
        ]);
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = await Launcher.RunAsync(() => ChildProcess.Start(
            Programs.Bound(start, "KILL"),
            static _ => { },
            onError: line =>
            {
                if (line.StartsWith(Listens, StringComparison.Ordinal))
                    address.TrySetResult(line[Listens.Length..]);
            }));
        await Task.WhenAny(address.Task, _process.Ended);
        if (!address.Task.IsCompleted)
            throw new InvalidOperationException($"Chromium ended before it listened: {_process.Errors}");
        Address = await address.Task;
    }
}
