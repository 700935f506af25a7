using Fed.Simulation;

namespace Fed.Tests.Simulation;

/// <summary>Federations in virtual time under crashes, failing writes and lost messages.</summary>
public sealed class SimulationTests
{
    private const int Seeds = 10_000;

    [Fact]
    public void Run_OfEverySeed_LosesAndDoublesNothingAndComesToItsEnd()
    {
        var failed = Enumerable.Range(0, Seeds).AsParallel().Select(FederationSimulation.Run)
            .Where(result => result.Violations.Count > 0)
            .Select(result => $"fed simulate --seed {result.Seed}: {result.Violations[0]}")
            .ToArray();

        Assert.Empty(failed);
    }

    [Fact]
    public void Run_OfOneSeedTwice_GivesTheSameHistory()
    {
        var (first, second) = (FederationSimulation.Run(17), FederationSimulation.Run(17));

        Assert.NotEmpty(first.Trace);
        Assert.Equal(first.Trace, second.Trace);
    }

    [Fact]
    public void Run_OfManySeeds_MeetsWhatItIsFor()
    {
        var results = Enumerable.Range(0, 200).Select(FederationSimulation.Run).ToArray();
        var histories = results.SelectMany(result => result.Trace).ToArray();

        Assert.All(results, result => Assert.InRange(result.Crashes, 1, 3));
        foreach (var step in (string[])["Adopt", "Restore", "Release", "Fold"])
            Assert.Contains(histories, line => line.Contains($": {step}", StringComparison.Ordinal));
        Assert.Contains(histories, line => line.Contains("a write failed", StringComparison.Ordinal));
        Assert.Contains(histories, line => line.Contains("refused: the aggregate is", StringComparison.Ordinal));
    }
}
