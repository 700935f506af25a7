using Fed.Contracts.Federations;
using Microsoft.Extensions.Time.Testing;

namespace Fed.Tests.Grains;

/// <summary>Asynchronous clusters that wait, for a while, for the global version that holds their fold.</summary>
public sealed class HoldTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));

    /// <summary>p0 and p2 in h264, p1 and p3 in av1.</summary>
    private static readonly FederationSettings TwoClusters =
        TestSettings.Of(4, "h264", "av1") with { HoldSeconds = 10 };

    private static readonly FederationSettings OneCluster = TestSettings.Of(3, "h264") with
    {
        HoldSeconds = 10,
        ClusterTier = new TierSettings { Quorum = 2, DeadlineSeconds = 5 },
        GlobalTier = new TierSettings { Goal = 1 },
    };

    [Fact]
    public async Task Fold_UntilTheGlobalVersionIsThere_IsNotHandedOut()
    {
        await using var federation = await TestFederation.StartAsync(TwoClusters, _time);
        await FoldAsync(federation, "h264", "p0", "p2");
        var held = await federation.Cluster("h264").GetView("p0");

        await FoldAsync(federation, "av1", "p1", "p3");
        var global = await federation.GlobalAsync(1);
        var task = await federation.TaskAsync("p0", task => task.Version == 1);

        Assert.Equal((0, 0), (held.Version, held.GlobalVersion));
        Assert.Equal(global.ModelSha256, task.ModelSha256);
    }

    [Fact]
    public async Task Hold_AtItsEnd_HandsOutTheOwnFold()
    {
        await using var federation = await TestFederation.StartAsync(TwoClusters, _time);
        await FoldAsync(federation, "h264", "p0", "p2");

        _time.Advance(TimeSpan.FromSeconds(11));
        var own = await federation.TaskAsync("p0", task => task.Version == 1);
        var released = await federation.Cluster("h264").GetView("p0");
        await FoldAsync(federation, "av1", "p1", "p3");
        var adopted = await federation.TaskAsync("p0", task => task.Version == 2);

        Assert.Equal(0, released.GlobalVersion);
        Assert.NotEqual(federation.InitialModel, own.ModelSha256);
        Assert.Equal((await federation.GlobalAsync(1)).ModelSha256, adopted.ModelSha256);
    }

    [Fact]
    public async Task LateContribution_ComesOnTopOfTheNextCohort()
    {
        await using var federation = await TestFederation.StartAsync(OneCluster, _time);
        await federation.SendAsync("p0", seed: 1);
        await federation.SendAsync("p1", seed: 2);
        var open = await federation.Cluster("h264").GetView("observer");
        var closed = federation.WaitForChangeAsync("h264", open.Revision, TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromSeconds(6));
        await closed;
        var next = await federation.TaskAsync("p0", task => task.Version == 1);

        var late = await federation.SendAsync("p2", seed: 3);
        await federation.SendAsync("p0", seed: 4, baseModel: next.ModelSha256);
        await federation.SendAsync("p1", seed: 5, baseModel: next.ModelSha256);
        var withoutIt = await federation.Cluster("h264").GetStatus();
        await federation.SendAsync("p2", seed: 6, baseModel: next.ModelSha256);
        await federation.TaskAsync("p0", task => task.Version == 2);

        Assert.Equal(1, late.Staleness);
        Assert.Equal((1, 3), (withoutIt.Version, withoutIt.Buffered));
        Assert.Equal(0, (await federation.Cluster("h264").GetStatus()).Buffered);
    }

    [Fact]
    public async Task ContributionWhileHeld_IsStaleByTheVersionThatIsAwaited()
    {
        await using var federation = await TestFederation.StartAsync(
            OneCluster with { GlobalTier = new TierSettings { Goal = 100 } }, _time);
        await federation.SendAsync("p0", seed: 1);
        await federation.SendAsync("p1", seed: 2);
        var open = await federation.Cluster("h264").GetView("observer");
        var closed = federation.WaitForChangeAsync("h264", open.Revision, TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromSeconds(6));
        await closed;

        var receipt = await federation.SendAsync("p2", seed: 3);

        Assert.Equal(1, receipt.Staleness);
    }

    [Fact]
    public async Task LearningRate_OfATask_FallsWithTheGlobalVersion()
    {
        await using var federation = await TestFederation.StartAsync(
            OneCluster with
            {
                TargetVersions = 4,
                Training = new TrainingPolicy { LearningRate = 0.1, LearningRateDecay = 0.8 },
            },
            _time);
        var first = await federation.TaskAsync("p0", task => task.Version == 0);
        await FoldAsync(federation, "h264", "p0", "p1", "p2");
        var second = await federation.TaskAsync("p0", task => task.Version == 1);

        Assert.Equal(0.1, first.Training!.LearningRate, 12);
        Assert.Equal(0.1 * (1 - 0.8 / 4), second.Training!.LearningRate, 12);
    }

    /// <summary>Everybody of a cluster contributes to its version, and the fold is committed.</summary>
    private static async Task FoldAsync(TestFederation federation, string cluster, params string[] participants)
    {
        for (var i = 0; i < participants.Length; i++)
            await federation.SendAsync(participants[i], seed: 10 + i);
        while (true)
        {
            var seen = await federation.Cluster(cluster).GetView("observer");
            if ((await federation.Cluster(cluster).GetStatus()).Buffered == 0)
                return;
            await federation.WaitForChangeAsync(cluster, seen.Revision, TimeSpan.FromSeconds(5));
        }
    }
}
