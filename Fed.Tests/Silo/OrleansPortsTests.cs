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

    [Fact]
    public void Choose_WithAnAddressOfThisMachine_AdvertisesIt()
    {
        var ports = OrleansPorts.Choose(Settings((OrleansPorts.AddressKey, "127.0.0.2"), (OrleansPorts.ListenKey, "any")));

        Assert.Equal((IPAddress.Parse("127.0.0.2"), true), (ports.Address, ports.ListensAnywhere));
    }

    /// <summary>As containers are known to each other.</summary>
    [Fact]
    public void Choose_WithANameOfThisMachine_AdvertisesItsAddress()
    {
        var ports = OrleansPorts.Choose(Settings((OrleansPorts.AddressKey, "localhost")));

        Assert.Contains(ports.Address, Dns.GetHostAddresses("localhost"));
    }

    [Theory]
    [InlineData(OrleansPorts.AddressKey, "here.invalid", "no IP address and no name of any")]
    [InlineData(OrleansPorts.AddressKey, "0.0.0.0", "nobody finds")]
    [InlineData(OrleansPorts.AddressKey, "192.0.2.1", "no address of this machine")]
    [InlineData(OrleansPorts.ListenKey, "all", "give any")]
    public void Choose_WithWhatNobodyReaches_NamesTheVariable(string key, string text, string said)
    {
        var error = Assert.Throws<ArgumentException>(() => OrleansPorts.Choose(Settings((key, text))));

        Assert.StartsWith(OrleansPorts.Variable(key), error.Message, StringComparison.Ordinal);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Settings(params (string Key, string Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
        .Build();
}
