using Fed.Grains.Clusters;
using Fed.Grains.Global;
using Fed.Grains.Participants;
using Fed.Simulation;
using Fed.Simulation.Storage;

namespace Fed.Tests.Simulation;

/// <summary>That the simulation is deterministic, and that its checks can fail.</summary>
public sealed class SimulatorTests
{
    private const int Enough = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(4242)]
    public void Seed_RunTwice_GivesTheSameEvents(int seed)
    {
        List<string> first = [];
        List<string> second = [];

        var one = FederationSimulation.Run(seed, new SimulationOptions { Trace = first.Add });
        var two = FederationSimulation.Run(seed, new SimulationOptions { Trace = second.Add });

        Assert.Equal(first, second);
        Assert.Equal(one.TraceHash, two.TraceHash);
        Assert.Equal(one.FinalModel, two.FinalModel);
    }

    [Fact]
    public void Seeds_ThatDiffer_GiveOtherEvents() =>
        Assert.Equal(20, Enumerable.Range(0, 20).Select(seed => FederationSimulation.Run(seed).TraceHash).Distinct().Count());

    [Fact]
    public void Federation_Undisturbed_HasNoCrashAndNoViolation()
    {
        var result = FederationSimulation.Run(3, new SimulationOptions { Faults = false });

        Assert.Equal(0, result.Crashes);
        Assert.Empty(result.Violations);
        Assert.NotEmpty(result.FinalModel);
    }

    [Fact]
    public void Storage_ThatAcknowledgesBeforeItIsDurable_IsReportedAsLoss() => Assert.Contains(
        ViolationsWith(new StorageDefect { FlushesAfter = TimeSpan.FromMilliseconds(400) }),
        violation => violation.EndsWith("was promised and is lost", StringComparison.Ordinal));

    [Fact]
    public void Storage_ThatForgetsTheWatermarks_IsReportedAsDoubleCounting() => Assert.Contains(
        ViolationsWith(new StorageDefect
        {
            Damage = static state => state is ParticipantRecord participant
                ? new ParticipantRecord { PublicKey = participant.PublicKey, EnrolledAt = participant.EnrolledAt }
                : state,
        }),
        violation => violation.Contains("is counted twice", StringComparison.Ordinal));

    [Fact]
    public void Storage_ThatForgetsTheLedger_IsReportedAsLoss() => Assert.Contains(
        ViolationsWith(new StorageDefect
        {
            Damage = static state => state is ClusterState { Pending.Count: > 1 } cluster
                ? cluster with { Pending = cluster.Pending.RemoveAt(0) }
                : state,
        }),
        violation => violation.EndsWith("was promised and is lost", StringComparison.Ordinal));

    [Fact]
    public void Storage_ThatChangesAReceipt_IsReported() => Assert.Contains(
        ViolationsWith(new StorageDefect { Damage = ChangeWeight }),
        violation => violation.Contains("promised was", StringComparison.Ordinal));

    [Fact]
    public void Collection_ThatSparesNothingYoung_IsReported()
    {
        var often = new SimulationOptions { CollectEvery = TimeSpan.FromMilliseconds(200) };

        Assert.Empty(Violations(often));
        Assert.NotEmpty(Violations(often with { Grace = TimeSpan.Zero }));

        static IEnumerable<string> Violations(SimulationOptions options) =>
            Enumerable.Range(0, Enough).SelectMany(seed => FederationSimulation.Run(seed, options).Violations);
    }

    [Fact]
    public void Collection_ThatSparesWhatIsYoung_RemovesAndHarmsNothing()
    {
        var results = Enumerable.Range(0, Enough).Select(seed => FederationSimulation.Run(seed)).ToArray();

        Assert.Empty(results.SelectMany(result => result.Violations));
        Assert.True(results.Sum(result => result.Collected) > Enough);
    }

    [Fact]
    public void Storage_ThatForgetsWhatIsWithdrawn_IsReported() => Assert.Contains(
        ViolationsWith(
            new StorageDefect
            {
                Damage = static state => state is GlobalState { Withdrawn.IsEmpty: false } global
                    ? global with { Withdrawn = [] }
                    : state,
            },
            seeds: 8 * Enough),
        violation => violation.Contains("which is withdrawn", StringComparison.Ordinal));

    [Fact]
    public void Steward_InEveryFourthSeed_RollsBackAndNothingIsHarmed()
    {
        var results = Enumerable.Range(0, 2 * Enough).Select(seed => FederationSimulation.Run(seed)).ToArray();

        Assert.Empty(results.SelectMany(result => result.Violations));
        Assert.True(results.Sum(result => result.Rollbacks) > Enough / 4);
    }

    private static object ChangeWeight(object state) => state is ClusterState { Pending.IsEmpty: false } cluster
        ? cluster with
        {
            Pending = cluster.Pending.SetItem(0, cluster.Pending[0] with
            {
                Receipt = cluster.Pending[0].Receipt with { Weight = cluster.Pending[0].Receipt.Weight + 1 },
            }),
        }
        : state;

    private static List<string> ViolationsWith(StorageDefect defect, int seeds = Enough) => [.. Enumerable.Range(0, seeds)
        .SelectMany(seed => FederationSimulation.Run(seed, new SimulationOptions { Defect = defect }).Violations)];
}
