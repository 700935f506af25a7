using System.Net;
using System.Net.Sockets;
using Fed.Silo.Hosting;
using Fed.Silo.Telemetry;
using Microsoft.Extensions.Configuration;

namespace Fed.Tests.Silo.Telemetry;

/// <summary>Where <c>/metrics</c> is, and what says so.</summary>
public sealed class MetricsAddressTests
{
    [Fact]
    public async Task Metrics_WithoutAnAddressOfTheirOwn_AreForTheSilosMachine()
    {
        await using var silo = await TestSilo.StartAsync();
        using var proxied = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        proxied.Headers.Add("X-Forwarded-For", "203.0.113.9");

        using var answer = await silo.Client.GetAsync("/metrics");
        using var refused = await silo.Client.SendAsync(proxied);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(new Uri(silo.Host.Address, "/metrics"), silo.Host.MetricsAddress);
        await refused.ShouldBeProblem(HttpStatusCode.Forbidden, "loopbackOnly");
    }

    [Fact]
    public async Task Metrics_WithAnAddressOfTheirOwn_AreThereAloneAndNothingElseIs()
    {
        await using var silo = await StartAsync(new IPEndPoint(IPAddress.Loopback, 0));
        using var proxied = new HttpRequestMessage(HttpMethod.Get, silo.Host.MetricsAddress);
        proxied.Headers.Add("X-Forwarded-For", "203.0.113.9");

        using var answer = await silo.Client.SendAsync(proxied);
        using var gateway = await silo.Client.GetAsync("/metrics");
        using var other = await silo.Client.GetAsync(new Uri(silo.Host.MetricsAddress, "/v1/federations"));
        using var health = await silo.Client.GetAsync(new Uri(silo.Host.MetricsAddress, "/healthz"));

        Assert.NotEqual(silo.Host.Address.Port, silo.Host.MetricsAddress.Port);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await gateway.ShouldBeProblem(HttpStatusCode.NotFound, "notFound");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, health.StatusCode);
    }

    [Fact]
    public async Task Silo_WhoseMetricsPortIsTaken_SaysWhichSettingNamesIt()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var taken = await Assert.ThrowsAsync<PortTakenException>(
            () => StartAsync((IPEndPoint)other.LocalEndpoint));

        Assert.Equal("FED_Telemetry__Listen", taken.Setting);
    }

    [Theory]
    [InlineData("Listen", "9464", "FED_Telemetry__Listen is '9464'; give an IP address and a port")]
    [InlineData("Listen", "localhost:9464", "FED_Telemetry__Listen is 'localhost:9464'")]
    [InlineData("Listen", "127.0.0.1:99999", "FED_Telemetry__Listen is '127.0.0.1:99999'")]
    [InlineData("Listen", "192.0.2.7:9464", "which is no address of this machine")]
    [InlineData("Participants", "yes", "FED_Telemetry__Participants is 'yes'; it must be true or false")]
    [InlineData("Lisen", "x", "FED_Telemetry__Lisen is no setting; these are: FED_Telemetry__Listen")]
    public void Read_OfAWrongSetting_NamesIt(string name, string value, string message)
    {
        var wrong = Assert.Throws<ArgumentException>(() => Read((name, value)));

        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfRightSettings_TakesThem()
    {
        var options = Read(("Listen", "[::1]:9464"), ("Participants", "true"));

        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 9464), options.Listen);
        Assert.True(options.Participants);
    }

    private static TelemetryOptions Read(params (string Name, string Value)[] settings) => new TelemetryOptions().Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(
            setting => KeyValuePair.Create($"Telemetry:{setting.Name}", (string?)setting.Value))).Build());

    private static Task<TestSilo> StartAsync(IPEndPoint listen) => TestSilo.StartAsync(
        change: options => options with { Telemetry = new TelemetryOptions { Listen = listen } });
}
