using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Grains.Clusters;
using Fed.Grains.Federations;

namespace Fed.Tests.Grains;

/// <summary>What a cluster decides, by its state alone.</summary>
public sealed class ClusterMachineTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Five participants contribute to every version, and a version takes one contribution out.</summary>
    [Fact]
    public void IsAhead_WhereContributionsComeFasterThanFolds_KeepsTheLedgerShortAndEverybodyInTurn()
    {
        var (machine, cohort) = Machine(new TierSettings { Goal = 1 });
        var state = new ClusterState();
        var consumed = new List<string>();
        var longest = 0;

        for (var version = 0; version < 100; version++)
        {
            foreach (var member in cohort.Members.Where(member => !machine.IsAhead(state, member)))
                state = state.Accept(Pending(member, version), bytes: 10, s_now);
            longest = Math.Max(longest, state.Pending.Count);
            var batch = machine.Take(state);
            consumed.AddRange(state.Pending.Take(batch.Consumed).Select(item => item.Participant));
            state = state with { Version = version + 1, Pending = state.Pending.RemoveRange(0, batch.Consumed) };
        }

        Assert.Equal(2 * cohort.Size, longest);
        Assert.All(consumed.CountBy(name => name), each => Assert.Equal(20, each.Value));
    }

    [Fact]
    public void IsAhead_BelowTwiceTheGoal_HoldsNobodyBack()
    {
        var (machine, cohort) = Machine(new TierSettings { Goal = 3 });
        var state = new ClusterState();
        for (var version = 0; version < 5; version++)
            state = state.Accept(Pending(cohort.Members[0], version), bytes: 10, s_now);

        Assert.False(machine.IsAhead(state, cohort.Members[0]));
        state = state.Accept(Pending(cohort.Members[0], 5), bytes: 10, s_now);
        Assert.True(machine.IsAhead(state, cohort.Members[0]));
        Assert.False(machine.IsAhead(state, cohort.Members[1]));
    }

    /// <summary>No fold is due that one could wait for.</summary>
    [Fact]
    public void IsAhead_WhereTheRuleNeedsOtherSenders_HoldsNobodyBack()
    {
        var (machine, cohort) = Machine(new TierSettings { Goal = 1, Rule = "krum:1" });
        var state = new ClusterState();
        for (var version = 0; version < 9; version++)
            state = state.Accept(Pending(cohort.Members[0], version), bytes: 10, s_now);

        Assert.False(machine.IsAhead(state, cohort.Members[0]));
    }

    private static (ClusterMachine Machine, Cohort Cohort) Machine(TierSettings tier)
    {
        var settings = TestSettings.Of(5, "h264") with { Mode = FederationMode.Async, ClusterTier = tier };
        var cohort = Cohort.Of(settings, "h264");
        return (new ClusterMachine(settings, cohort), cohort);
    }

    private static PendingContribution Pending(string participant, long version) => new(
        new Receipt("f", participant, version + 1, new string('a', 64), "h264", version, 0, 256, s_now, 1, ""),
        Divisor: 256,
        version,
        BaseGlobalVersion: 0);
}
