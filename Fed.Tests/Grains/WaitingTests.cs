using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Microsoft.Extensions.Time.Testing;

namespace Fed.Tests.Grains;

/// <summary>Status says whom a buffer waits for, and creation warns of waiting for ever.</summary>
public sealed class WaitingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Status_WithAnOpenRound_NamesWhoIsMissingAndSinceWhen()
    {
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(3, "h264") with { Mode = FederationMode.Sync }, new FakeTimeProvider(Noon));
        var before = (await federation.Federation.GetStatus()).Clusters.Single().Waiting;
        await federation.SendAsync("p1", seed: 1);

        var status = await federation.Federation.GetStatus();

        Assert.Equal((3, null), (before.Count, before.OldestAt));
        var wait = status.Clusters.Single().Waiting;
        Assert.Equal(["p0", "p2"], wait.Names);
        Assert.Equal((2, Noon), (wait.Count, wait.OldestAt));
        Assert.Equal(["h264"], status.Global.Waiting.Names);
    }

    [Fact]
    public async Task Status_OfALargeCohort_NamesTwentyAndCountsAll()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(25, "h264"));

        var wait = (await federation.Cluster("h264").GetStatus()).Waiting;

        Assert.Equal((TierWait.MostNames, 25), (wait.Names.Count, wait.Count));
    }

    [Fact]
    public async Task Status_OfAClusterThatWaitsForTheGlobalTier_NamesNobodyButThere()
    {
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(2, "h264", "av1") with { Mode = FederationMode.Sync });
        var before = await federation.Cluster("h264").GetView("p0");
        await federation.SendAsync("p0", seed: 1);
        await federation.WaitForChangeAsync("h264", before.Revision, TimeSpan.FromSeconds(30));

        var status = await federation.Federation.GetStatus();

        Assert.Equal(0, status.Clusters.Single(tier => tier.Key == "h264").Waiting.Count);
        Assert.Contains("av1", status.Global.Waiting.Names);
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(3, 0, true)]
    [InlineData(2, 0, false)]
    [InlineData(0, 60, false)]
    public void Warnings_OfAWholeCohortWithoutADeadline_NameTheProperty(int goal, double deadline, bool warned)
    {
        var settings = TestSettings.Of(3, "h264") with
        {
            ClusterTier = new TierSettings { Goal = goal, DeadlineSeconds = deadline },
        };

        var warnings = SettingsWarnings.Of(settings);

        Assert.Equal(warned, warnings.Count == 1);
        Assert.All(warnings, warning =>
            Assert.EndsWith("set clusterTier.deadlineSeconds", warning, StringComparison.Ordinal));
    }

    [Fact]
    public void Warnings_OfCohortsOfOne_AreNone() =>
        Assert.Empty(SettingsWarnings.Of(TestSettings.Of(2, "h264", "av1")));
}
