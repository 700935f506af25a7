using System.Text;
using System.Text.RegularExpressions;
using Fed.Silo.Telemetry;
using Fed.Tests.Silo.Clients;
using Microsoft.Extensions.Configuration;

namespace Fed.Tests.Silo.Telemetry;

/// <summary>What a silo sends to the collector that OpenTelemetry's variables name.</summary>
public sealed partial class OtlpTests
{
    [Fact]
    public async Task Silo_WithACollector_SendsItMetricsAndTracesOfRequestsActorsAndFolds()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var silo = new GatewaySilo(
            collector.Environment.ToDictionary(pair => pair.Key, pair => (string?)pair.Value));
        await silo.InitializeAsync();
        using var client = new HttpClient { BaseAddress = silo.Address };
        var federation = await TestFederation.CreateAsync(client, TestSilo.Settings("otlp-traced"));
        using var participant = await federation.EnrolAsync();
        using var sent = await participant.SendAsync(1, TestParticipant.Update(federation.InitialModel));
        sent.EnsureSuccessStatusCode();
        while (await client.GetStringAsync($"{federation.Url}/versions?tier=h264") is var versions
            && !versions.Contains("\"fold\"", StringComparison.Ordinal))
        {
        }

        var exemplar = await ExemplarAsync(client);
        // Whatever waits to be sent is sent before it is gone.
        await silo.StopAsync();

        Assert.Contains("fedhier.contributions", collector.Metrics, StringComparison.Ordinal);
        Assert.Contains("otlp-traced", collector.Metrics, StringComparison.Ordinal);
        var traces = collector.Traces;
        Assert.Contains("/updates/{sequence}", traces, StringComparison.Ordinal);
        Assert.Contains("IClusterAggregatorGrain/Contribute", traces, StringComparison.Ordinal);
        Assert.Contains("upload", traces, StringComparison.Ordinal);
        Assert.Contains("fold", traces, StringComparison.Ordinal);
        var trace = Encoding.Latin1.GetString(Convert.FromHexString(exemplar));
        Assert.Contains(trace, traces, StringComparison.Ordinal);
        Assert.Contains(trace, collector.Metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_WithoutACollector_ShowsNoTraceThatACallerNames()
    {
        await using var silo = await TestSilo.StartAsync();
        var federation = await TestFederation.CreateAsync(silo, TestSilo.Settings("untraced"));
        using var participant = await federation.EnrolAsync();
        using var request = participant.Request(1, TestParticipant.Update(federation.InitialModel));
        request.Headers.Add("traceparent", $"00-{new string('a', 32)}-{new string('b', 16)}-01");
        using var sent = await silo.Client.SendAsync(request);
        sent.EnsureSuccessStatusCode();

        var scrape = await OpenMetricsAsync(silo.Client);

        Assert.Contains("fedhier_contributions_total", scrape, StringComparison.Ordinal);
        Assert.DoesNotContain("trace_id", scrape, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("collector:4317", "", "OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4317'")]
    [InlineData("http://c:4317", "nonsense", "OTEL_EXPORTER_OTLP_PROTOCOL is 'nonsense'; it must be grpc or http/proto")]
    public void Settings_WithACollectorThatCannotBeSpokenTo_AreRefused(string address, string protocol, string expected)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
            })
            .Build();

        var wrong = Assert.Throws<ArgumentException>(
            () => new TelemetryOptions().Read(configuration));

        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
    }

    /// <summary>The trace of the contribution, as its counter names it.</summary>
    private static async Task<string> ExemplarAsync(HttpClient silo)
    {
        var scrape = await OpenMetricsAsync(silo);
        var exemplar = Exemplar().Match(scrape);
        Assert.True(exemplar.Success, scrape);
        return exemplar.Groups["trace"].Value;
    }

    /// <summary>Exemplars are of this format alone.</summary>
    private static async Task<string> OpenMetricsAsync(HttpClient silo)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Add("Accept", "application/openmetrics-text; version=1.0.0");
        using var answer = await silo.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    [GeneratedRegex(
        "^fedhier_contributions_total\\{.*# \\{.*trace_id=\"(?<trace>[0-9a-f]{32})\"", RegexOptions.Multiline)]
    private static partial Regex Exemplar();
}
