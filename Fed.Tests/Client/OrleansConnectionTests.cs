using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Silo.Hosting;
using Fed.Tests.Silo.Clients;
using Microsoft.AspNetCore.Connections;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;

namespace Fed.Tests.Client;

/// <summary>How an Orleans client finds its silos, and what it takes for their absence.</summary>
public sealed class OrleansConnectionTests
{
    private static readonly OrleansGateways s_two = OrleansGateways.Parse("one:1,two:2");

    [Fact]
    public async Task Connection_ToSilosWithNamesOfTheirOwn_IsMadeByThese()
    {
        await using var silo = await StartAsync(new()
        {
            ["Orleans:ServiceId"] = "house",
            ["Orleans:ClusterId"] = "blue",
        });
        var gateways = silo.Gateways with { Service = "house", Cluster = "blue" };
        using var connection = new OrleansConnection(gateways, new ClientTimeouts());

        Assert.Equal(silo.Federation, await silo.DescribeAsync(connection));
    }

    [Fact]
    public async Task Connection_ToAnotherCluster_EndsAndNamesTheOption()
    {
        await using var silo = await StartAsync(new() { ["Orleans:ClusterId"] = "blue" });
        using var connection = new OrleansConnection(silo.Gateways, new ClientTimeouts());

        var wrong = await Assert.ThrowsAnyAsync<Exception>(() => connection.GetAsync(CancellationToken.None));

        // The gateway says its id in most attempts, not in all: it may close the connection first.
        if (wrong is AgentException heard)
        {
            Assert.Equal(ExitCode.Usage, heard.ExitCode);
            Assert.Contains("have the cluster id 'blue'", wrong.Message, StringComparison.Ordinal);
            Assert.Contains("--orleans-cluster is 'fedhier'", wrong.Message, StringComparison.Ordinal);
            return;
        }

        Assert.IsType<IOException>(wrong);
        Assert.Contains("see that --orleans-cluster, 'fedhier', is", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Blue")]
    [InlineData("blue\n")]
    [InlineData("a--b")]
    public void Gateways_OfAClusterThatCannotBe_AreRefused(string name)
    {
        var wrong = Assert.Throws<ArgumentException>(() => s_two with { Cluster = name });

        Assert.StartsWith($"Cluster is '{name}'; it must be 1 to 50 ", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_WhoseSiloComesBackAtAnotherAddress_FindsIt()
    {
        var address = IPAddress.Loopback;
        await using var first = await StartAsync([]);
        var port = first.Gateways.All[0].Port;
        var gateways = new OrleansGateways([new DnsEndPoint("silo", port)]);
        using var connection = new OrleansConnection(
            gateways, new ClientTimeouts(), resolve: _ => Task.FromResult<IPAddress[]>([Volatile.Read(ref address)]));
        await first.DescribeAsync(connection);

        await first.StopAsync();
        var other = IPAddress.Parse("127.0.0.2");
        await using var second = await StartAsync(new()
        {
            [OrleansPorts.AddressKey] = $"{other}",
            [OrleansPorts.GatewayKey] = port.ToString(CultureInfo.InvariantCulture),
        });
        Volatile.Write(ref address, other);

        Assert.Equal(second.Federation, await PatientlyAsync(() => second.DescribeAsync(connection)));
    }

    [Fact]
    public async Task GatewayList_AskedAgain_HasTheAddressesOfNow()
    {
        var last = 0;
        var list = new GatewayList(
            s_two, TimeSpan.FromSeconds(2), host => Task.FromResult<IPAddress[]>([new([10, 0, 0, (byte)++last])]));

        Assert.Equal(["gwy.tcp://10.0.0.1:1/0", "gwy.tcp://10.0.0.2:2/0"], await AskAsync(list));
        Assert.Equal(["gwy.tcp://10.0.0.3:1/0", "gwy.tcp://10.0.0.4:2/0"], await AskAsync(list));
        Assert.True(list.IsUpdatable);
        Assert.Equal(TimeSpan.FromSeconds(2), list.MaxStaleness);
    }

    [Fact]
    public async Task GatewayList_WithANameThatIsUnknownNow_HasTheOthers()
    {
        var list = new GatewayList(s_two, TimeSpan.FromSeconds(2), host => host == "one"
            ? throw new SocketException((int)SocketError.HostNotFound)
            : Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.IPv6Loopback]));

        Assert.Equal(["gwy.tcp://127.0.0.1:2/0", "gwy.tcp://[::1]:2/0"], await AskAsync(list));
    }

    [Fact]
    public async Task GatewayList_OfWhichNoNameIsKnown_SaysSo()
    {
        var list = new GatewayList(
            s_two, TimeSpan.FromSeconds(2), _ => throw new SocketException((int)SocketError.HostNotFound));

        await Assert.ThrowsAsync<SocketException>(list.GetGateways);
    }

    public static TheoryData<Exception, bool> Failures { get; } = new()
    {
        { new ConnectionFailedException("Unable to connect"), true },
        { new SiloUnavailableException("no gateways"), true },
        { new GatewayTooBusyException("busy"), true },
        { new ConnectionAbortedException("closed"), true },
        { new SocketException((int)SocketError.HostNotFound), true },
        { new ObjectDisposedException("client"), true },
        { new OrleansConfigurationException("a setting is wrong"), false },
        { new InvalidOperationException("a bug"), false },
        { new ArgumentException("a bug"), false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void IsAbsence_OfAFailure_IsOnlyWhatOrleansMeansByIt(Exception failure, bool expected) =>
        Assert.Equal(expected, OrleansConnection.IsAbsence(failure));

    private static async Task<string[]> AskAsync(GatewayList list) =>
        [.. (await list.GetGateways()).Select(gateway => gateway.ToString())];

    private static async Task<string> PatientlyAsync(Func<Task<string>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception away) when (OrleansConnection.IsAbsence(away))
            {
                // The client looks for gateways every two seconds.
                await Task.Delay(100);
            }
        }
    }

    private static async Task<NamedSilo> StartAsync(Dictionary<string, string?> settings)
    {
        var silo = new GatewaySilo(settings);
        await silo.InitializeAsync();
        return new NamedSilo(silo, (await silo.CreateAsync()).Name);
    }

    /// <summary>A silo with one federation, by which it is known.</summary>
    private sealed record NamedSilo(GatewaySilo Silo, string Federation) : IAsyncDisposable
    {
        public OrleansGateways Gateways => Silo.Gateways;

        public async Task<string> DescribeAsync(OrleansConnection connection)
        {
            var client = await connection.GetAsync(CancellationToken.None);
            var gateway = client.GetGrain<Fed.Contracts.Participants.IParticipantGatewayGrain>(
                Fed.Contracts.Participants.IParticipantGatewayGrain.Key);
            return (await gateway.Describe(Federation)).Settings.Name;
        }

        public Task StopAsync() => Silo.StopAsync();

        public ValueTask DisposeAsync() => Silo.DisposeAsync();
    }
}
