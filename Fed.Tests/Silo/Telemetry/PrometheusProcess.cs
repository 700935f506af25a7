using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Fed.Cli.Children;
using Fed.Client;
using Fed.Tests.Silo.Sqlite;

namespace Fed.Tests.Silo.Telemetry;

/// <summary>
/// A real Prometheus on a free port, which asks one silo every second. The kernel ends it when the process of the tests
/// ends, however that does.
/// </summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private const string Ready = "Server is ready to receive web requests";

    /// <summary>As long as the tests run: with the thread that starts it, a process is told to end.</summary>
    private static readonly LaunchThread Launcher = new();

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client;
    private readonly int _port;
    private ChildProcess? _process;

    private PrometheusProcess()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        _port = ((IPEndPoint)free.LocalEndpoint).Port;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };
    }

    public static async Task<PrometheusProcess> StartAsync(Uri silo)
    {
        var prometheus = new PrometheusProcess();
        try
        {
            await prometheus.LaunchAsync(silo);
            return prometheus;
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many series of the answer have a number, now.</summary>
    public async Task<int> CountAsync(string expression)
    {
        using var answer = await _client.PostAsync(
            "/api/v1/query", new FormUrlEncodedContent([new("query", expression)]));
        var said = await answer.Content.ReadFromJsonAsync<JsonObject>();
        return (string?)said!["status"] == "success"
            ? said["data"]!["result"]!.AsArray().Count(series => IsNumber((string)series!["value"]![1]!))
            : throw new InvalidOperationException($"{expression}: {said}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
            await process.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    private async Task LaunchAsync(Uri silo)
    {
        await File.WriteAllTextAsync(
            _folder.File("prometheus.yaml"),
            $$"""
            global:
              scrape_interval: 1s
            scrape_configs:
              - job_name: fedhier
                static_configs:
                  - targets: ["{{silo.Authority}}"]
            """);
        var start = new ProcessStartInfo("prometheus",
        [
            $"--config.file={_folder.File("prometheus.yaml")}", $"--storage.tsdb.path={_folder.File("data")}",
            $"--web.listen-address=127.0.0.1:{_port}",
        ]);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = await Launcher.RunAsync(() => ChildProcess.Start(
            Programs.Bound(start),
            static _ => { },
            onError: line =>
            {
                if (line.Contains(Ready, StringComparison.Ordinal))
                    ready.TrySetResult();
            }));
        await Task.WhenAny(ready.Task, _process.Ended);
        if (!ready.Task.IsCompleted)
            throw new InvalidOperationException($"Prometheus ended before it was ready: {_process.Errors}");
    }

    /// <summary>A quantile of nothing is none, and no more is a share of nothing.</summary>
    private static bool IsNumber(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number);
}
