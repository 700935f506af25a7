using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;

namespace Fed.Tests.Grains;

/// <summary>What a cluster takes, what it refuses, and that neither counts twice.</summary>
public sealed class ContributionTests
{
    private static readonly FederationSettings Slow =
        TestSettings.Of(2, "h264") with { ClusterTier = new TierSettings { Goal = 2 } };

    [Fact]
    public async Task Duplicate_WithTheSameBytes_GetsTheFirstReceipt()
    {
        await using var federation = await TestFederation.StartAsync(Slow);
        var offer = await federation.OfferAsync("p0", seed: 1);

        var first = await federation.ContributeAsync(offer);
        var second = await federation.ContributeAsync(offer);

        Assert.Equal(first, second);
        Assert.Equal(1, (await federation.Cluster("h264").GetStatus()).Accepted);
    }

    [Fact]
    public async Task Duplicate_ThatAVersionHasConsumed_GetsTheFirstReceipt()
    {
        await using var federation = await TestFederation.StartAsync(Slow with { ClusterTier = new TierSettings { Goal = 1 } });
        var offer = await federation.OfferAsync("p0", seed: 1);
        var first = await federation.ContributeAsync(offer);
        for (var i = 2; i <= 4; i++)
        {
            var task = await federation.TaskAsync("p0", task => task.Version >= i - 1);
            await federation.SendAsync("p0", seed: i, baseModel: task.ModelSha256);
        }

        Assert.Equal(first, await federation.ContributeAsync(offer));
    }

    [Fact]
    public async Task SameSequence_WithOtherBytes_IsRefused()
    {
        await using var federation = await TestFederation.StartAsync(Slow);
        await federation.SendAsync("p0", seed: 1);

        await RefusedAsync(RefusalCode.SequenceConflict, () => federation.SendAsync("p0", seed: 2, sequence: 1));
    }

    [Fact]
    public async Task Sequence_ThatLeavesAGap_IsRefused()
    {
        await using var federation = await TestFederation.StartAsync(Slow);

        await RefusedAsync(RefusalCode.SequenceGap, () => federation.SendAsync("p0", seed: 1, sequence: 2));
    }

    [Fact]
    public async Task UnknownBase_IsRefusedAndTheBufferStaysAsItWas()
    {
        await using var federation = await TestFederation.StartAsync(Slow);

        await RefusedAsync(
            RefusalCode.UnknownBaseVersion,
            () => federation.SendAsync("p0", seed: 1, baseModel: new string('a', 64)));
        Assert.Equal(0, (await federation.Cluster("h264").GetStatus()).Buffered);
    }

    [Fact]
    public async Task SecondContribution_ToTheSameVersion_IsRefused()
    {
        await using var federation = await TestFederation.StartAsync(Slow);
        await federation.SendAsync("p0", seed: 1);

        await RefusedAsync(RefusalCode.AlreadyContributed, () => federation.SendAsync("p0", seed: 2));
    }

    [Fact]
    public async Task StaleContribution_WeighsLess_AndBeyondTheLimitIsRefused()
    {
        await using var federation = await TestFederation.StartAsync(Slow with
        {
            ClusterTier = new TierSettings { Goal = 1, MaxStaleness = 2 },
            GlobalTier = new TierSettings { Goal = 1000 },
        });
        var fresh = await federation.SendAsync("p0", seed: 1);
        var task = await federation.TaskAsync("p0", task => task.Version == 1);
        var stale = await federation.SendAsync("p1", seed: 2);
        await federation.TaskAsync("p0", task => task.Version == 2);
        await federation.SendAsync("p0", seed: 3, baseModel: task.ModelSha256);
        await federation.TaskAsync("p0", task => task.Version == 3);

        Assert.Equal((0, 32 * 256), (fresh.Staleness, fresh.Weight));
        // polynomial:0.5 at t = 1 is 1/sqrt(2): 32 x 256 x 0.70710678 = 5792.6.
        Assert.Equal((1, 5793), (stale.Staleness, stale.Weight));
        await RefusedAsync(RefusalCode.UnknownBaseVersion, () => federation.SendAsync("p1", seed: 4));
    }

    [Fact]
    public async Task StaleContribution_ThatWouldWeighNothing_IsRefusedAndSaysSo()
    {
        await using var federation = await TestFederation.StartAsync(Slow with
        {
            ClusterTier = new TierSettings { Goal = 1, MaxStaleness = 50 },
            GlobalTier = new TierSettings { Goal = 1000 },
            // 32 x 256 x exp(-10) is 0.4.
            Arithmetic = Slow.Arithmetic with { Staleness = "exponential:10" },
        });
        await federation.SendAsync("p0", seed: 1);
        await federation.TaskAsync("p0", task => task.Version == 1);

        var refused = await Assert.ThrowsAsync<RefusedException>(() => federation.SendAsync("p1", seed: 2));

        Assert.Equal(RefusalCode.TooStale, refused.Code);
        Assert.Contains("would weigh nothing under 'exponential:10'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownNames_AreRefusedByName()
    {
        await using var federation = await TestFederation.StartAsync(Slow);
        var request = new EnrolmentRequest("av1", "media-qc", "key");

        await RefusedAsync(RefusalCode.UnknownParticipant, () => federation.Participant("stranger").Enrol(request));
        await RefusedAsync(RefusalCode.UnknownCluster, () => federation.Participant("p0").Enrol(request));
        await RefusedAsync(RefusalCode.UnknownCluster, () => federation.Cluster("vp9").GetStatus());
    }

    private static async Task RefusedAsync(RefusalCode code, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(call);
        Assert.Equal(code, refused.Code);
        Assert.NotEmpty(refused.Remedy);
    }
}
