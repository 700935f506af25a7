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
/// A real Prometheus on a free port. The kernel ends it when the process of the tests ends, however that does.
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

    /// <param name="silos">Where their metrics are, each <c>HOST:PORT</c>.</param>
    /// <param name="every">Between two looks at the silos, and at the rules.</param>
    /// <param name="rules">Text of a file of rules; null: none.</param>
    public static async Task<PrometheusProcess> StartAsync(
        IEnumerable<string> silos, TimeSpan every, string? rules = null)
    {
        var prometheus = new PrometheusProcess();
        try
        {
            await prometheus.LaunchAsync(silos, every, rules);
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
        var data = await DataAsync(answer, expression);
        return data["result"]!.AsArray().Count(series => IsNumber((string)series!["value"]![1]!));
    }

    /// <summary>All that the expression has, for a person.</summary>
    public async Task<string> DescribeAsync(string expression)
    {
        using var answer = await _client.PostAsync(
            "/api/v1/query", new FormUrlEncodedContent([new("query", expression)]));
        return $"{expression}: {(await DataAsync(answer, expression))["result"]}";
    }

    /// <summary>The labels of each alert that fires, <c>alertname</c> among them; not of those that are pending.</summary>
    public async Task<IReadOnlyList<Dictionary<string, string>>> FiringAsync()
    {
        using var answer = await _client.GetAsync("/api/v1/alerts");
        var data = await DataAsync(answer, "alerts");
        return
        [
            .. data["alerts"]!.AsArray().Where(alert => (string?)alert!["state"] == "firing").Select(alert =>
                alert!["labels"]!.AsObject().ToDictionary(label => label.Key, label => (string)label.Value!)),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
            await process.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    private async Task LaunchAsync(IEnumerable<string> silos, TimeSpan every, string? rules)
    {
        await File.WriteAllTextAsync(_folder.File("rules.yaml"), rules ?? "groups: []");
        await File.WriteAllTextAsync(
            _folder.File("prometheus.yaml"),
            $$"""
            global:
              scrape_interval: {{every.TotalMilliseconds:F0}}ms
              scrape_timeout: {{every.TotalMilliseconds:F0}}ms
              evaluation_interval: {{every.TotalMilliseconds:F0}}ms
            rule_files: [rules.yaml]
            scrape_configs:
              - job_name: fedhier
                static_configs:
                  - targets: [{{string.Join(", ", silos.Select(silo => $"'{silo}'"))}}]
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

    private static async Task<JsonNode> DataAsync(HttpResponseMessage answer, string question)
    {
        var said = await answer.Content.ReadFromJsonAsync<JsonObject>();
        return (string?)said!["status"] == "success"
            ? said["data"]!
            : throw new InvalidOperationException($"{question}: {said}");
    }

    /// <summary>A quantile of nothing is none, and no more is a share of nothing.</summary>
    private static bool IsNumber(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number);
}
