using Fed.Client.Agent;
using Fed.Core.Codecs;

namespace Fed.Tests.Client;

/// <summary>The agent against the real silo, in each codec.</summary>
public sealed class CodecAgentTests
{
    public static TheoryData<string> Settings =>
        new([.. BlockCodecs.Names.Split(", ").Append("topk:0.25").Append("ternary:0.25")]);

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Agent_InEachCodec_IsAcceptedAndKeepsItsResidual(string codec)
    {
        await using var silo = await ClientSilo.StartAsync(
            ClientSilo.Settings(targetVersions: 2) with { Codec = codec });
        using var agent = new AgentHarness("a", "h264");

        await agent.RunAsync(silo.Address);

        Assert.Contains(agent.Events, line => line.Event == AgentEventKind.Accepted);
        // The last update may come after the target was reached.
        Assert.All(
            agent.Events.Where(line => line.Event == AgentEventKind.Dropped),
            line => Assert.Equal("federationFinished", line.Code));
        Assert.DoesNotContain(agent.Events, line => line.Event == AgentEventKind.ResidualLost);
        using var state = StateFolder.Open(agent.State);
        Assert.Equal(
            BlockCodecs.ByName(codec).NeedsErrorFeedback,
            state.Updates(ClientSilo.Federation).ResidualFile() is not null);
    }

    [Fact]
    public async Task Agent_WhoseResidualWasAltered_SaysSoAndStartsFromZero()
    {
        await using var silo = await ClientSilo.StartAsync(
            ClientSilo.Settings(targetVersions: 1_000_000) with { Codec = "topk" });
        using var agent = new AgentHarness("a", "h264");
        await RunUntilAsync(AgentEventKind.Accepted);
        foreach (var file in Directory.EnumerateFiles(agent.State, "*.residual", SearchOption.AllDirectories))
            File.AppendAllText(file, "!");

        await RunUntilAsync(AgentEventKind.ResidualLost);

        var lost = agent.Events.First(line => line.Event == AgentEventKind.ResidualLost);
        Assert.Contains("error feedback starts from zero", lost.Message!, StringComparison.Ordinal);

        async Task RunUntilAsync(AgentEventKind kind)
        {
            using var stop = new CancellationTokenSource();
            var run = agent.RunAsync(silo.Address, cancellationToken: stop.Token);
            await agent.WaitForAsync(kind);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }
    }
}
