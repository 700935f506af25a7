using System.Collections.Concurrent;
using System.Text;
using Fed.Silo.Telemetry;
using Fed.Tests.Silo.Clients;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Fed.Tests.Silo.Telemetry;

/// <summary>What a silo sends to the collector that OpenTelemetry's variables name.</summary>
public sealed class OtlpTests
{
    [Fact]
    public async Task Silo_WithACollector_SendsItMetricsAndTracesOfRequestsActorsAndFolds()
    {
        var received = new ConcurrentDictionary<string, StringBuilder>();
        await using var collector = await StartCollectorAsync(received);
        await using var silo = new GatewaySilo(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = AddressOf(collector).ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        });
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

        // Whatever waits to be sent is sent before it is gone.
        await silo.StopAsync();

        Assert.Contains("fedhier.contributions", $"{received["/v1/metrics"]}", StringComparison.Ordinal);
        Assert.Contains("otlp-traced", $"{received["/v1/metrics"]}", StringComparison.Ordinal);
        var traces = $"{received["/v1/traces"]}";
        Assert.Contains("/updates/{sequence}", traces, StringComparison.Ordinal);
        Assert.Contains("IClusterAggregatorGrain/Contribute", traces, StringComparison.Ordinal);
        Assert.Contains("upload", traces, StringComparison.Ordinal);
        Assert.Contains("fold", traces, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_WithACollectorThatIsNoAddress_AreRefused()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("OTEL_EXPORTER_OTLP_ENDPOINT", (string?)"collector:4317")])
            .Build();

        var wrong = Assert.Throws<ArgumentException>(
            () => new TelemetryOptions().Read(configuration));

        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4317'", wrong.Message, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartCollectorAsync(ConcurrentDictionary<string, StringBuilder> received)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var text = received.GetOrAdd(context.Request.Path, _ => new StringBuilder());
            lock (text)
                text.Append(Encoding.Latin1.GetString(body.ToArray()));
        });
        await app.StartAsync();
        return app;
    }

    private static Uri AddressOf(WebApplication app) => new(app.Services.GetRequiredService<IServer>()
        .Features.Get<IServerAddressesFeature>()!.Addresses.First());
}
