using Fed.Client.Agent;
using Fed.Client.Protocol;

namespace Fed.Tests.Client;

/// <summary>What agents do whichever way they reach the silo.</summary>
internal static class AgentScenes
{
    /// <summary>All have finished at that version, and each contribution that counts has its receipt.</summary>
    public static async Task HaveFinishedAsync(Uri server, int version, params AgentHarness[] agents)
    {
        using var client = new FederationClient(server);
        var status = await client.StatusAsync(ClientSilo.Federation, CancellationToken.None);
        AgentEvent[] events = [.. agents.SelectMany(agent => agent.Events)];

        Assert.Equal(version, status.Global.Version);
        Assert.Equal(agents.Length, events.Count(line => line.Event == AgentEventKind.Finished));
        Assert.Equal(
            status.Clusters.Sum(tier => tier.Accepted), events.Count(line => line.Event == AgentEventKind.Accepted));
        Assert.All(status.Clusters, tier => Assert.NotNull(tier.Accuracy));
    }

    /// <summary>It retries while the silo is away, goes on after its restart, and contributes nothing twice.</summary>
    public static async Task GoesOnAfterARestartAsync(
        AgentHarness agent, Task run, Func<Task> stop, Func<Task> startAgain)
    {
        await agent.WaitForAsync(AgentEventKind.Accepted);

        await stop();
        await agent.WaitForAsync(AgentEventKind.Retrying);
        await startAgain();
        await run;

        var numbers = agent.Events.Where(line => line is { Event: AgentEventKind.Accepted, Duplicate: false })
            .Select(line => line.Sequence!.Value).ToArray();
        Assert.Equal(numbers.Order().Distinct(), numbers);
        Assert.Equal(AgentEventKind.Finished, agent.Events.Last().Event);
    }
}
