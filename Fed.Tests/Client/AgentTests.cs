using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.Contracts.Participants;
using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Training;

namespace Fed.Tests.Client;

/// <summary>The agent against the real silo.</summary>
public sealed class AgentTests
{
    [Fact]
    public async Task Agents_UntilTheTarget_FinishWithReceiptsForEveryContribution()
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 4));
        using var first = new AgentHarness("a", "h264");
        using var second = new AgentHarness("c", "av1");

        await Task.WhenAll(first.RunAsync(silo.Address), second.RunAsync(silo.Address));

        await AgentScenes.HaveFinishedAsync(silo.Address, 4, first, second);
    }

    [Fact]
    public async Task Agent_WhenTheSiloIsAway_RetriesAndGoesOnAfterItsRestart()
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 6));
        using var agent = new AgentHarness("a", "h264");

        await AgentScenes.GoesOnAfterARestartAsync(
            agent, agent.RunAsync(silo.Address), silo.StopAsync, silo.StartAgainAsync);
    }

    [Fact]
    public async Task Agent_KilledBeforeItSent_SendsTheVeryBytesThatItKept()
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 2));
        using var agent = new AgentHarness("a", "h264");
        var kept = await KeepUpdateAsync(agent, silo);

        await agent.RunAsync(silo.Address);

        var first = agent.Events.First(line => line.Event == AgentEventKind.Accepted);
        Assert.Equal((1, false), (first.Sequence, first.Duplicate));
        var (receipt, isNew) = await SendAsync(agent, silo, kept);
        Assert.False(isNew);
        Assert.Equal(kept.Sha256, receipt.Sha256);
    }

    [Fact]
    public async Task Agent_KilledBeforeItsReceipt_SendsTheSameAgainAndGetsTheFirstReceipt()
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 2));
        using var agent = new AgentHarness("a", "h264");
        var kept = await KeepUpdateAsync(agent, silo);
        var (receipt, isNew) = await SendAsync(agent, silo, kept);
        Assert.True(isNew);

        await agent.RunAsync(silo.Address);

        var accepted = agent.Events.Where(line => line.Event == AgentEventKind.Accepted).ToArray();
        Assert.Equal((receipt.Sequence, true), (accepted[0].Sequence!.Value, accepted[0].Duplicate));
        Assert.Equal(2, accepted[1].Sequence);
        Assert.Equal(AgentEventKind.Finished, agent.Events.Last().Event);
    }

    [Fact]
    public async Task Agent_WithAnOldCopyOfItsState_DropsWhatItHoldsAndTakesTheNextNumber()
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 3));
        using var agent = new AgentHarness("a", "h264");
        await SendAsync(agent, silo, await KeepUpdateAsync(agent, silo, change: 0.25f));
        await KeepUpdateAsync(agent, silo, change: 0.5f);

        await agent.RunAsync(silo.Address);

        // A later update may come too late for a federation that is about to finish: only the first refusal matters
        // here.
        Assert.Equal("sequenceConflict", agent.Events.First(line => line.Code is not null).Code);
        Assert.Equal(2, agent.Events.First(line => line.Event == AgentEventKind.Accepted).Sequence);
    }

    [Fact]
    public async Task Agent_WithAStateFolderOfTheFuture_TakesTheServersNumber()
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 1));
        using var agent = new AgentHarness("a", "h264");
        Directory.CreateDirectory(agent.State);
        var updates = Path.Combine(agent.State, ClientSilo.Federation, "updates");
        UpdateStore.Open(updates).Keep(41, version: 0, stream => stream.Write("from another server"u8));

        // The bytes get the number that the server expects; they are no update, which shows before they are sent.
        var refused = await Assert.ThrowsAsync<AgentException>(() => agent.RunAsync(silo.Address));

        Assert.Equal(ExitCode.DataFolder, refused.ExitCode);
        Assert.Contains("is no update: it has 19 bytes", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(agent.Events, line => line.Event == AgentEventKind.Resynchronised).Sequence);
    }

    [Theory]
    [InlineData("zoe", "h264", "unknownParticipant")]
    [InlineData("a", "av1", "unknownCluster")]
    [InlineData("a", "betamax", "unknownCluster")]
    public async Task Agent_ThatTheFederationDoesNotKnow_IsToldWhatToDo(string name, string cluster, string code)
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings());
        using var agent = new AgentHarness(name, cluster);

        var refused = await Assert.ThrowsAsync<ProtocolException>(() => agent.RunAsync(silo.Address));

        Assert.Equal(code, refused.Code);
        Assert.NotEmpty(refused.Remedy);
    }

    [Fact]
    public async Task Agent_WhoseClassesStandInAnotherOrder_IsRefusedNamingBothLists()
    {
        var settings = ClientSilo.Settings() with { Classes = ["noise", "blur", "blocking", "clean"] };
        await using var silo = await ClientSilo.StartAsync(settings);
        using var agent = new AgentHarness("a", "h264");

        var refused = await Assert.ThrowsAsync<ProtocolException>(() => agent.RunAsync(silo.Address));

        Assert.Equal("invalidRequest", refused.Code);
        Assert.Contains("[clean, blocking, blur, noise]", refused.Detail, StringComparison.Ordinal);
        Assert.Contains("[noise, blur, blocking, clean]", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_OfTheFederationsClassesAndFeatures_IsEnrolled()
    {
        var settings = ClientSilo.Settings(targetVersions: 1) with
        {
            Classes = ["clean", "blocking", "blur", "noise"],
            Features = "scaled",
        };
        await using var silo = await ClientSilo.StartAsync(settings);
        using var agent = new AgentHarness("a", "h264");

        await agent.RunAsync(silo.Address);

        Assert.Contains(agent.Events, line => line.Event == AgentEventKind.Enrolled);
    }

    [Fact]
    public async Task Agent_WithAnotherKeyThanItEnrolledWith_IsRefused()
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 1));
        using var agent = new AgentHarness("a", "h264");
        using var impostor = new AgentHarness("a", "h264");
        await agent.RunAsync(silo.Address);

        var refused = await Assert.ThrowsAsync<ProtocolException>(() => impostor.RunAsync(silo.Address));

        Assert.Equal("signatureInvalid", refused.Code);
        Assert.Contains("fed admin reset-key a --federation codecs", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_ThatLostItsState_GoesOnAfterAStewardResetItsKey()
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 1));
        using var agent = new AgentHarness("a", "h264");
        using var restored = new AgentHarness("a", "h264");
        await agent.RunAsync(silo.Address);
        using (var client = new FederationClient(silo.Address))
        {
            await client.ResetKeyAsync(
                ClientSilo.Federation, "a", new StewardOrder("steward", "disk lost"), CancellationToken.None);
        }

        await restored.RunAsync(silo.Address);

        var enrolled = restored.Events.First(line => line.Event == AgentEventKind.Enrolled);
        Assert.Equal(agent.Events.Count(line => line.Event == AgentEventKind.Accepted) + 1, enrolled.Sequence);
        Assert.Equal(AgentEventKind.Finished, restored.Events.Last().Event);
    }

    [Fact]
    public async Task Agent_OnAStateFolderInUse_IsRefused()
    {
        using var agent = new AgentHarness("a", "h264");
        using var state = StateFolder.Open(agent.State);

        var refused = await Assert.ThrowsAsync<AgentException>(() => agent.RunAsync(new Uri("http://127.0.0.1:9")));

        Assert.Contains("--state", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_WithATruncatedDataFile_SaysWhichFile()
    {
        using var agent = new AgentHarness("a", "h264");
        var file = Path.Combine(agent.Data, "train.fqc");
        await using (var stream = new FileStream(file, FileMode.Open))
            stream.SetLength(stream.Length / 2);

        var refused = await Assert.ThrowsAsync<AgentException>(() => agent.RunAsync(new Uri("http://127.0.0.1:9")));

        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        Assert.Contains("truncated", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_OnTheFirstRun_IsMadeForItsOwnerOnlyAndKept()
    {
        using var agent = new AgentHarness("a", "h264");
        string made;
        using (var state = StateFolder.Open(agent.State))
            made = state.PublicKey;

        using var again = StateFolder.Open(agent.State);

        Assert.Equal(made, again.PublicKey);
        if (!OperatingSystem.IsWindows())
        {
            var mode = File.GetUnixFileMode(Path.Combine(agent.State, "key.pem"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
        }
    }

    /// <summary>
    /// What an agent that is killed just before it sends has left: an update of the initial model, as number 1.
    /// </summary>
    private static async Task<SignedUpdate> KeepUpdateAsync(AgentHarness agent, ClientSilo silo, float change = 0.125f)
    {
        using var client = new FederationClient(silo.Address);
        using var state = StateFolder.Open(agent.State);
        var enrolment = await client.EnrolAsync(
            ClientSilo.Federation,
            agent.Participant,
            new EnrolmentRequest(agent.Cluster, TestData.Task, state.PublicKey),
            CancellationToken.None);
        var layout = ModelSpecification.Parse(enrolment.Model).Layout;
        var delta = Enumerable.Repeat(change, (int)layout.ParameterCount).ToArray();
        var initial = (await client.VersionsAsync(ClientSilo.Federation, "h264", 100, CancellationToken.None))[^1];
        var store = state.Updates(ClientSilo.Federation);
        var pending = store.Keep(1, version: 0, stream => UpdateWriter.Write(
            stream, delta, BlockCodecs.ByName("float32"), 24, initial.ModelSha256, layout.Hash));
        var copy = Path.Combine(agent.Folder, pending.Sha256);
        File.Copy(store.PendingFile, copy);
        return SignedUpdate.Sign(state.Key, ClientSilo.Federation, agent.Participant, 1, copy, pending.Sha256);
    }

    private static async Task<(Receipt Receipt, bool IsNew)> SendAsync(
        AgentHarness agent, ClientSilo silo, SignedUpdate update)
    {
        using var client = new FederationClient(silo.Address);
        return await client.SendUpdateAsync(ClientSilo.Federation, agent.Participant, update, CancellationToken.None);
    }
}
