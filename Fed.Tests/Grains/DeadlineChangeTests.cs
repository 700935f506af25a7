using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Microsoft.Extensions.Time.Testing;

namespace Fed.Tests.Grains;

/// <summary>A steward changes a tier's deadline while its buffer is open.</summary>
public sealed class DeadlineChangeTests
{
    private static readonly FederationSettings Rounds = TestSettings.Of(3, "h264") with { Mode = FederationMode.Sync };

    [Fact]
    public async Task SetDeadline_ThatAnOpenBufferHasPassed_ClosesIt()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var federation = await TestFederation.StartAsync(Rounds, time);
        await federation.SendAsync("p0", seed: 1);
        time.Advance(TimeSpan.FromSeconds(20));

        await federation.Federation.SetDeadline(DeadlineTier.Cluster, Order(10));

        await federation.GlobalAsync(1);
        Assert.Single((await federation.LastFoldAsync("h264")).Contributions);
    }

    [Fact]
    public async Task SetDeadline_OfAnOpenBuffer_CountsFromItsFirstContribution()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var federation = await TestFederation.StartAsync(Rounds, time);
        await federation.SendAsync("p0", seed: 1);
        await federation.Federation.SetDeadline(DeadlineTier.Cluster, Order(10));
        var before = await federation.Cluster("h264").GetView("p1");

        var change = federation.WaitForChangeAsync("h264", before.Revision, TimeSpan.FromMinutes(10));
        time.Advance(TimeSpan.FromSeconds(11));
        await change;

        Assert.Equal(0, before.Version);
        await federation.GlobalAsync(1);
    }

    [Fact]
    public async Task SetDeadline_OfTheGlobalTier_ClosesWithoutTheClusterThatIsMissing()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(2, "h264", "av1") with { ClusterTier = new TierSettings { Goal = 1 } }, time);
        await federation.SendAsync("p0", seed: 1);
        await federation.TaskAsync("p0", task => task.Version == 1);
        await federation.Federation.SetDeadline(DeadlineTier.Global, Order(0.001));
        time.Advance(TimeSpan.FromSeconds(1));

        await federation.GlobalAsync(1);
    }

    [Fact]
    public async Task SetDeadline_ShowsInTheSettings_WhileTheFederationIsTheSame()
    {
        await using var federation = await TestFederation.StartAsync(Rounds);
        Assert.Single((await federation.Federation.Describe()).Warnings);

        await federation.Federation.SetDeadline(DeadlineTier.Cluster, Order(60));
        await federation.Federation.Create(
            Rounds, federation.InitialModel, TestFederation.Layout.Hash, TestFederation.Parameters, null);

        var description = await federation.Federation.Describe();
        Assert.Equal(60, description.Settings.ClusterTier.DeadlineSeconds);
        Assert.Empty(description.Warnings);
    }

    [Fact]
    public async Task Changes_AreKeptSixteenForEachTier_AndARepeatedOneOnce()
    {
        await using var federation = await TestFederation.StartAsync(Rounds);
        await federation.Federation.SetDeadline(DeadlineTier.Global, Order(7));
        for (var seconds = 1; seconds <= 18; seconds++)
            await federation.Federation.SetDeadline(DeadlineTier.Cluster, Order(seconds));

        var found = await federation.Federation.SetDeadline(DeadlineTier.Cluster, Order(18));

        Assert.Equal((18, 7), (found.ClusterSeconds, found.GlobalSeconds));
        Assert.Equal(16, found.Changes.Count(change => change.Tier == DeadlineTier.Cluster));
        Assert.Equal(("steward", "a house is away"), (found.Changes[^1].By, found.Changes[^1].Reason));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(2_592_001)]
    public async Task SetDeadline_OutOfItsRange_IsRefusedNamingTheProperty(double seconds)
    {
        await using var federation = await TestFederation.StartAsync(Rounds);

        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => federation.Federation.SetDeadline(DeadlineTier.Global, Order(seconds)));

        Assert.Equal(RefusalCode.InvalidSettings, refused.Code);
        Assert.Contains("globalTier.deadlineSeconds is", refused.Message, StringComparison.Ordinal);
    }

    private static DeadlineOrder Order(double seconds) => new(seconds, "steward", "a house is away");
}
