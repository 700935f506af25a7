using Fed.Simulation;

namespace Fed.Tests.Simulation;

/// <summary>
/// Seeds that failed before the actors were mended, one or two of each kind. They reach the fault again as long as the
/// simulation's own choices stay as they are.
/// </summary>
public sealed class FoundFaultTests
{
    [Theory]
    [InlineData(0)] // the news of the last version was lost: a cluster never finished
    [InlineData(3)]
    [InlineData(11)] // the global version was committed, its clusters never heard of it
    [InlineData(51)]
    [InlineData(72)] // a fold's write failed: its aggregate was never sent
    [InlineData(174)] // a contribution whose write failed was never folded
    [InlineData(344)]
    [InlineData(1160)] // an aggregate was given up for an end that a crash undid
    [InlineData(1200)]
    [InlineData(143)] // a federation was acknowledged that was in memory only, and forgotten
    [InlineData(2)] // a version that the registry missed stayed missing
    [InlineData(6)]
    [InlineData(52)] // the registry recorded a version that a crash undid
    [InlineData(130)]
    [InlineData(5)] // an enrolment was acknowledged that was in memory only, and forgotten
    [InlineData(149)]
    public void Seed_ThatFailedOnce_KeepsEveryInvariant(int seed) =>
        Assert.Empty(FederationSimulation.Run(seed).Violations);
}
