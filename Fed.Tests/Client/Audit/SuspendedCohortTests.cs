using Fed.Cli;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.Contracts.Federations;

namespace Fed.Tests.Client.Audit;

/// <summary>Rounds without whoever is suspended are recomputed like any other.</summary>
public sealed class SuspendedCohortTests
{
    [Fact]
    public async Task Verify_OfRoundsWithoutASuspendedParticipant_ComputesEveryVersionAgain()
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings(2) with
        {
            Mode = FederationMode.Sync,
            ClusterTier = new TierSettings(),
            GlobalTier = new TierSettings(),
            Arithmetic = new ArithmeticSettings { Normalisation = Normalisations.Cohort },
        });
        using var client = new FederationClient(silo.Address);
        await client.SuspendAsync(
            ClientSilo.Federation, "b", new StewardOrder("steward", "absent"), CancellationToken.None);
        using var first = new AgentHarness("a", "h264");
        using var second = new AgentHarness("c", "av1");
        await Task.WhenAll(first.RunAsync(silo.Address), second.RunAsync(silo.Address));

        var code = await CommandLine.RunAsync(
            ["audit", "verify", "--server", silo.Address.ToString(), "--federation", ClientSilo.Federation]);

        Assert.Equal(ExitCode.Success, code);
    }
}
