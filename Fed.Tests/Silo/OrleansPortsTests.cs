using System.Net;
using System.Net.Sockets;
using Fed.Silo.Hosting;
using Microsoft.Extensions.Configuration;

namespace Fed.Tests.Silo.OrleansBuild;

/// <summary>Which ports the silo gives to Orleans; there are none in the embedded build.</summary>
public sealed class OrleansPortsTests
{
    [Fact]
    public void Choose_WithoutSettings_TakesAFreeOneEachTimeAndKeepsTheClientPortClosed()
    {
        var first = OrleansPorts.Choose(Settings());
        var second = OrleansPorts.Choose(Settings());

        Assert.NotEqual(first.Silo, second.Silo);
        Assert.Equal((0, 0), (first.Gateway, second.Gateway));
        using var listener = new TcpListener(IPAddress.Loopback, first.Silo);
        listener.Start();
    }

    [Theory]
    [InlineData(OrleansPorts.SiloKey, "FED_Orleans__Endpoints__SiloPort")]
    [InlineData(OrleansPorts.GatewayKey, "FED_Orleans__Endpoints__GatewayPort")]
    public void Choose_WithAPortThatIsTaken_NamesItAndItsVariable(string key, string variable)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = (IPEndPoint)taken.LocalEndpoint;

        var error = Assert.Throws<PortTakenException>(
            () => OrleansPorts.Choose(Settings((key, $"{address.Port}"))));

        Assert.Equal((address, variable), (error.Address, error.Setting));
    }

    [Theory]
    [InlineData("many")]
    [InlineData("-1")]
    [InlineData("65536")]
    public void Choose_WithWhatIsNoPort_SaysSo(string text)
    {
        var error = Assert.Throws<ArgumentException>(
            () => OrleansPorts.Choose(Settings((OrleansPorts.SiloKey, text))));

        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("FED_Orleans__Endpoints__SiloPort", error.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Settings(params (string Key, string Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
        .Build();
}
