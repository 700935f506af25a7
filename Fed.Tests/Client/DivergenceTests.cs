using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Protocol;

namespace Fed.Tests.Client;

/// <summary>Training that diverges to finite numbers, in a federation.</summary>
public sealed class DivergenceTests
{
    [Fact]
    public async Task Agent_WhoseChangesAreNearlyAllCut_SendsNothingAndSaysWhy()
    {
        var settings = ClientSilo.Settings();
        // A bound so small that a usual training looks like one that has diverged, but for its loss.
        await using var silo = await ClientSilo.StartAsync(
            settings with { Arithmetic = settings.Arithmetic with { Bound = 1e-5f } });
        using var agent = new AgentHarness("a", "h264");

        var error = await Assert.ThrowsAsync<AgentException>(() => agent.RunAsync(silo.Address));

        Assert.Equal(ExitCode.Failure, error.ExitCode);
        Assert.Contains("changes are beyond the bound 1E-05", error.Message);
        Assert.DoesNotContain(agent.Events, line => line.Event == AgentEventKind.Accepted);
        Assert.InRange(agent.Events.Single(line => line.Event == AgentEventKind.Clipped).ClippedShare!.Value, 0.9, 1);
        using var state = StateFolder.Open(agent.State);
        Assert.Null(state.Updates(ClientSilo.Federation).Ledger.Pending);
    }

    [Fact]
    public async Task Agent_WithALearningRateOfAThousand_DoesNotChangeTheModel()
    {
        var settings = ClientSilo.Settings();
        await using var silo = await ClientSilo.StartAsync(
            settings with { Training = settings.Training with { LearningRate = 1000 } });
        using var agent = new AgentHarness("a", "h264");

        var error = await Assert.ThrowsAsync<AgentException>(() => agent.RunAsync(silo.Address));

        Assert.Contains("training has diverged", error.Message);
        using var client = new FederationClient(silo.Address);
        var status = await client.StatusAsync(ClientSilo.Federation, CancellationToken.None);
        Assert.Equal(0, status.Global.Version);
    }
}
