using System.Net;
using System.Security.Cryptography;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Tests.Silo.Clients;

namespace Fed.Tests.Client;

/// <summary>The agent as an Orleans client, against a real silo: it does what it does over HTTP.</summary>
public sealed class OrleansClientTests
{
    private static FederationSettings Named(FederationSettings settings) => settings with
    {
        Name = ClientSilo.Federation,
        TargetVersions = 4,
    };

    [Fact]
    public async Task Agents_OneOfThemAnOrleansClient_TrainOneFederationToItsEnd()
    {
        await using var silo = await StartAsync();
        using var first = new AgentHarness("a", "h264", silo.Clock);
        using var second = new AgentHarness("c", "av1");
        var sent = 0L;

        await Task.WhenAll(
            first.RunAsync(silo.Gateways, onSend: bytes => Interlocked.Add(ref sent, bytes.Length)),
            second.RunAsync(silo.Address));

        await AgentScenes.HaveFinishedAsync(silo.Address, 4, first, second);
        Assert.Equal(sent, first.Events.Last().BytesUp);
        Assert.True(first.Events.Last().BytesDown > 0);
    }

    [Fact]
    public async Task Agent_WhoseSiloIsAway_RetriesAndGoesOnAfterItsRestart()
    {
        await using var silo = await StartAsync();
        using var agent = new AgentHarness("a", "h264", silo.Clock);

        await AgentScenes.GoesOnAfterARestartAsync(
            agent, agent.RunAsync(silo.Gateways), silo.StopAsync, silo.InitializeAsync);
    }

    [Fact]
    public async Task Agent_ThatComesBeforeTheSilo_WaitsForIt()
    {
        await using var silo = await StartAsync();
        await silo.StopAsync();
        using var agent = new AgentHarness("a", "h264", silo.Clock);

        var run = agent.RunAsync(silo.Gateways);
        await agent.WaitForAsync(AgentEventKind.Retrying);
        await silo.InitializeAsync();
        await run;

        Assert.Equal(AgentEventKind.Finished, agent.Events.Last().Event);
    }

    [Theory]
    [InlineData("zoe", "h264", "unknownParticipant")]
    [InlineData("a", "av1", "unknownCluster")]
    public async Task Agent_ThatTheFederationDoesNotKnow_IsToldAsOverHttp(string name, string cluster, string code)
    {
        await using var silo = await StartAsync();
        using var agent = new AgentHarness(name, cluster, silo.Clock);
        using var other = new AgentHarness(name, cluster);

        var refused = await Assert.ThrowsAsync<ProtocolException>(() => agent.RunAsync(silo.Gateways));
        var http = await Assert.ThrowsAsync<ProtocolException>(() => other.RunAsync(silo.Address));

        Assert.Equal(code, refused.Code);
        Assert.Equal(
            (http.Status, http.Code, http.Detail, http.Remedy),
            (refused.Status, refused.Code, refused.Detail, refused.Remedy));
    }

    [Fact]
    public async Task Contribution_ByEitherWay_GivesTheSameModel()
    {
        await using var silo = new GatewaySilo();
        await silo.InitializeAsync();
        var models = new List<string>();
        foreach (var orleans in new[] { false, true })
        {
            var settings = await silo.CreateAsync(RawClient.SixChunks);
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using IFederationServer server = orleans
                ? new OrleansFederationClient(silo.Gateways, "a", key, silo.Clock)
                : new FederationClient(silo.Address);
            models.Add(await ContributeAsync(server, key, settings));
        }

        Assert.Equal(models[0], models[1]);
    }

    [Fact]
    public async Task Model_ThatTheServerDoesNotHave_IsUnknownAsOverHttp()
    {
        await using var silo = await StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var client = new OrleansFederationClient(silo.Gateways, "a", key, silo.Clock);
        await EnrolAsync(client, key, ClientSilo.Federation);

        var refused = await Assert.ThrowsAsync<ProtocolException>(() => client.DownloadModelAsync(
            ClientSilo.Federation, new string('0', 64), Stream.Null, CancellationToken.None));

        Assert.Equal((HttpStatusCode.NotFound, RefusalCode.UnknownModel), (refused.Status, refused.Refusal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.1:0")]
    [InlineData("10.0.0.1:65536")]
    [InlineData("http://10.0.0.1:80")]
    [InlineData("10.0.0.1:30000,,10.0.0.2:30000")]
    public void Gateways_ThatAreNone_AreRefused(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => OrleansGateways.Parse(text));

        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gateways_OfAllKinds_AreRead()
    {
        var gateways = OrleansGateways.Parse("10.0.0.1:30000, silo-2:30001,[::1]:30002");

        Assert.Equal(
            [("10.0.0.1", 30000), ("silo-2", 30001), ("::1", 30002)],
            gateways.All.Select(gateway => (gateway.Host, gateway.Port)));
    }

    [Fact]
    public async Task Participant_WithOtherServersAndGateways_IsRefused()
    {
        using var agent = new AgentHarness("a", "h264");
        var options = new ParticipantOptions(null, "a", [], agent.Data, agent.State)
        {
            OtherServers = [new Uri("http://127.0.0.1:9")],
            Gateways = OrleansGateways.Parse("127.0.0.1:9"),
        };

        var wrong = await Assert.ThrowsAsync<ArgumentException>(
            () => new FederationParticipant(options).RunAsync(CancellationToken.None));

        Assert.Contains("other servers http://127.0.0.1:9/ and gateways", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Participant_WithServerAndGateways_IsRefused()
    {
        using var agent = new AgentHarness("a", "h264");
        var options = new ParticipantOptions(new Uri("http://127.0.0.1:9"), "a", [], agent.Data, agent.State)
        {
            Gateways = OrleansGateways.Parse("127.0.0.1:9"),
        };

        await Assert.ThrowsAsync<ArgumentException>(
            () => new FederationParticipant(options).RunAsync(CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => new FederationParticipant(
            options with { Server = null, Gateways = OrleansGateways.None }).RunAsync(CancellationToken.None));
    }

    private static async Task<GatewaySilo> StartAsync()
    {
        var silo = new GatewaySilo();
        await silo.InitializeAsync();
        await silo.CreateAsync(Named);
        return silo;
    }

    private static Task<Enrolment> EnrolAsync(IFederationServer server, ECDsa key, string federation) =>
        server.EnrolAsync(
            federation,
            "a",
            new EnrolmentRequest("h264", TestData.Task, Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())),
            CancellationToken.None);

    /// <summary>Enrols, downloads the model, contributes, and waits for the version that comes of it.</summary>
    private static async Task<string> ContributeAsync(IFederationServer server, ECDsa key, FederationSettings settings)
    {
        var name = settings.Name;
        await EnrolAsync(server, key, name);
        var task = await server.NextTaskAsync(name, "a", CancellationToken.None);
        await server.DownloadModelAsync(name, task!.ModelSha256, Stream.Null, CancellationToken.None);
        var bytes = RawClient.Update(settings, task.ModelSha256);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, bytes);
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
            var update = SignedUpdate.Sign(key, name, "a", 1, file, sha256);
            var (receipt, isNew) = await server.SendUpdateAsync(name, "a", update, CancellationToken.None);
            var again = await server.SendUpdateAsync(name, "a", update, CancellationToken.None);
            Assert.Equal((1, sha256, true), (receipt.Sequence, receipt.Sha256, isNew));
            Assert.Equal((receipt, false), again);
        }
        finally
        {
            File.Delete(file);
        }

        while (true)
        {
            if (await server.NextTaskAsync(name, "a", CancellationToken.None) is { Version: 1 } next)
                return next.ModelSha256;
        }
    }
}
