using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;

namespace Fed.Tests.Grains;

/// <summary>Whom a steward suspends is refused, and no longer waited for.</summary>
public sealed class SuspensionTests
{
    private static readonly StewardOrder Order = new("steward", "wrong labels");

    private static readonly FederationSettings Rounds = TestSettings.Of(3, "h264") with { Mode = FederationMode.Sync };

    [Fact]
    public async Task Suspend_WhomTheRoundWaitsFor_ClosesIt()
    {
        await using var federation = await TestFederation.StartAsync(Rounds);
        await federation.SendAsync("p0", seed: 1);
        await federation.SendAsync("p1", seed: 2);

        await federation.Participant("p2").SetSuspended(true, Order);

        var next = await federation.TaskAsync("p0", task => task.Version == 1);
        Assert.Equal(2, (await federation.LastFoldAsync("h264")).Contributions.Count);
        // The next round is one of two, too.
        await federation.SendAsync("p0", seed: 3, baseModel: next.ModelSha256);
        await federation.SendAsync("p1", seed: 4, baseModel: next.ModelSha256);
        await federation.GlobalAsync(2);
    }

    [Fact]
    public async Task Suspend_WhoHasContributedToTheRound_CountsThatAndWaitsForTheOthers()
    {
        await using var federation = await TestFederation.StartAsync(Rounds);
        await federation.SendAsync("p0", seed: 1);

        await federation.Participant("p0").SetSuspended(true, Order);

        var open = await federation.Cluster("h264").GetStatus();
        Assert.Equal((1, 3), (open.Buffered, open.Goal));
        Assert.Equal(["p1", "p2"], open.Waiting.Names);
        await federation.SendAsync("p1", seed: 2);
        await federation.SendAsync("p2", seed: 3);
        await federation.GlobalAsync(1);
        Assert.Equal(3, (await federation.LastFoldAsync("h264")).Contributions.Count);
        var next = await federation.Cluster("h264").GetStatus();
        Assert.Equal(2, next.Goal);
    }

    [Fact]
    public async Task Suspended_IsRefusedEverything_UntilItIsResumed()
    {
        await using var federation = await TestFederation.StartAsync(Rounds);
        await federation.Participant("p0").SetSuspended(true, Order);

        await RefusedAsync(() => federation.NextTaskAsync("p0", TimeSpan.Zero));
        await RefusedAsync(() => federation.SendAsync("p0", seed: 1));
        await RefusedAsync(() => federation.Participant("p0").Report(
            new EvaluationReport(0, federation.InitialModel, Examples: 10, Correct: 7, Loss: 0.5)));

        var ended = await federation.Participant("p0").SetSuspended(false, Order with { Reason = "corrected" });

        Assert.Empty(ended.Suspended);
        var resumed = Assert.Single(ended.Resumed);
        Assert.Equal(("wrong labels", "corrected"), (resumed.Ended.Reason, resumed.Reason));
        await federation.TaskAsync("p0", task => task.Kind == TaskKind.Train);
        await federation.SendAsync("p0", seed: 1, sequence: 1);
        Assert.Equal(3, (await federation.Cluster("h264").GetStatus()).Goal);
    }

    [Fact]
    public async Task Suspend_WhoWaitsForATask_TellsIt()
    {
        await using var federation = await TestFederation.StartAsync(Rounds);
        await federation.SendAsync("p0", seed: 1);
        var waiting = federation.NextTaskAsync("p0", TimeSpan.FromMinutes(5));

        await federation.Participant("p0").SetSuspended(true, Order);

        await RefusedAsync(() => waiting);
    }

    [Fact]
    public async Task Duplicate_OfWhoIsSuspended_GetsItsFirstReceipt()
    {
        await using var federation = await TestFederation.StartAsync(Rounds);
        var offer = await federation.OfferAsync("p0", seed: 1);
        var first = await federation.ContributeAsync(offer);
        await federation.Participant("p0").SetSuspended(true, Order);

        Assert.Equal(first, await federation.ContributeAsync(offer));
    }

    [Fact]
    public async Task Suspend_Twice_KeepsTheFirstOrder()
    {
        await using var federation = await TestFederation.StartAsync(Rounds);
        await federation.Participant("p0").SetSuspended(true, Order);

        var again = await federation.Participant("p0").SetSuspended(true, Order with { Reason = "again" });

        Assert.Equal("wrong labels", Assert.Single(again.Suspended).Reason);
        Assert.True((await federation.Federation.GetStatus()).Participants.Single(one => one.Name == "p0").Suspended);
    }

    [Fact]
    public async Task Fold_ByCohort_CountsWhoIsSuspendedAsNoChange()
    {
        await using var federation = await TestFederation.StartAsync(Rounds with
        {
            Arithmetic = new ArithmeticSettings { Normalisation = Normalisations.Cohort, ExampleCap = 1 },
        });
        await federation.Participant("p2").SetSuspended(true, Order);
        await federation.SendAsync("p0", seed: 1);
        await federation.SendAsync("p1", seed: 2);
        await federation.GlobalAsync(1);

        var fold = await federation.LastFoldAsync("h264");

        Assert.Equal(2, fold.Inputs.Count);
        // Three of weight 1, in 8 fractional bits, though two have come.
        Assert.Equal(3 * 256, fold.Inputs.Sum(input => input.Weight));
    }

    [Theory]
    [InlineData("krum:0", "p0", "krum")]
    [InlineData("fltrust", "p0", "compares all others with it")]
    public async Task Suspend_WhomTheRuleNeeds_IsRefused(string rule, string participant, string reason)
    {
        await using var federation = await TestFederation.StartAsync(Rounds with
        {
            ClusterTier = new TierSettings { Rule = rule },
            Roster =
            [
                new RosterEntry("p0", "h264", Trusted: rule == "fltrust"),
                new RosterEntry("p1", "h264"),
                new RosterEntry("p2", "h264"),
            ],
        });

        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => federation.Participant(participant).SetSuspended(true, Order));

        Assert.Equal(RefusalCode.InvalidRequest, refused.Code);
        Assert.Contains(reason, refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task RefusedAsync(Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(call);
        Assert.Equal(RefusalCode.ParticipantSuspended, refused.Code);
        Assert.Contains("fed admin resume p0", refused.Remedy, StringComparison.Ordinal);
    }
}
