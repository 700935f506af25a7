using Fed.Cli.Join;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Tests.Client.Chaos;
using Fed.Tests.Silo.Cluster;
using Fed.Tests.Silo.Sqlite;
using Fed.Tests.Silo.Telemetry;

namespace Fed.Tests.Client;

/// <summary>What a participant's agent sends to the collector that OpenTelemetry's variables name.</summary>
public sealed class AgentOtlpTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Agent_AndSiloWithACollector_MakeOneTraceOfARound()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var silo = await SiloNode.StartAsync(collector.Environment, "--data-dir", _folder.File("silo"));
        var address = silo.Client.BaseAddress!;
        using (var client = new FederationClient(address))
            await client.CreateAsync(ClientSilo.Settings(targetVersions: 1), CancellationToken.None);
        TestData.Write(_folder.File("data"), 1);

        var (code, _, errors) = await FedProcess.RunAsync(
            collector.Environment.ToDictionary(pair => pair.Key, pair => (string?)pair.Value),
            "join", "--server", address.ToString(), "--federation", ClientSilo.Federation, "--participant", "a",
            "--cluster", "h264", "--data", _folder.File("data"), "--state", _folder.File("state"));
        Assert.True(code == ExitCode.Success, errors);
        // What waits there is sent before it ends; the agent's was.
        Assert.Equal(ExitCode.Success, await silo.StopAsync());

        var spans = collector.Spans;
        var send = spans.First(span => span.Name == "send");
        var round = spans.Where(span => span.Trace == send.Trace).ToArray();
        var names = round.Select(span => span.Name).ToHashSet();
        Assert.Superset(new HashSet<string> { "round", "task", "model", "train", "encode", "send" }, names);
        Assert.Superset(new HashSet<string> { "upload", "fold" }, names);
        Assert.Contains(names, name => name.Contains("/updates/{sequence}", StringComparison.Ordinal));
        Assert.Contains(names, name => name.Contains("IClusterAggregatorGrain/Contribute", StringComparison.Ordinal));
        // One tree: nobody hangs under what nobody sent.
        Assert.Equal("round", Assert.Single(round, span => span.Parent.Length == 0).Name);
        var upload = round.First(span => span.Name == "upload");
        Assert.Contains(send, Ancestors(upload, round));
        using var metrics = new AgentMetrics();
        foreach (var name in new[] { "fedhier.agent.train.duration", "fedhier.agent.upload", "fedhier.agent.updates" })
        {
            Assert.Contains(metrics.All, metric => metric.Name == name);
            Assert.Contains(name, collector.Metrics, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Agent_WithACollectorThatIsNoAddress_IsRefused()
    {
        var (code, _, errors) = await FedProcess.RunAsync(
            new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector:4317" },
            "join", "--server", "http://127.0.0.1:1", "--federation", "f", "--participant", "p", "--cluster", "c",
            "--data", _folder.File("data"));

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4317'", errors, StringComparison.Ordinal);
    }

    private static IEnumerable<OtlpSpan> Ancestors(OtlpSpan span, OtlpSpan[] all)
    {
        for (var next = span; next is not null; next = all.FirstOrDefault(one => one.Id == next.Parent))
            yield return next;
    }
}
