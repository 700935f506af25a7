using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;

namespace Fed.Tests.Grains;

/// <summary>Synchronous rounds that close at fewer contributions than participants (Bonawitz 2019, section
/// 2.2).</summary>
public sealed class OverSelectionTests
{
    [Fact]
    public async Task Round_OfTwoOfThree_ClosesWithoutTheLastAndRefusesItOnceTheNextIsOpen()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(3, "h264") with
        {
            Mode = FederationMode.Sync,
            ClusterTier = new TierSettings { Goal = 2 },
        });
        await federation.SendAsync("p0", seed: 1);
        await federation.SendAsync("p1", seed: 2);
        var next = await federation.TaskAsync("p0", task => task.ModelSha256 != federation.InitialModel);

        var late = await Assert.ThrowsAsync<RefusedException>(() => federation.SendAsync("p2", seed: 3));

        Assert.Equal(RefusalCode.TooStale, late.Code);
        Assert.Contains("at most 0 are allowed", late.Message, StringComparison.Ordinal);
        var fold = await federation.LastFoldAsync("h264");
        Assert.Equal(["p0", "p1"], fold.Contributions.Select(one => one.Participant).Order());
        // Whoever was late is in time with a new task, under the number that was refused.
        var receipt = await federation.SendAsync("p2", seed: 3, baseModel: next.ModelSha256, sequence: 1);
        Assert.Equal(0, receipt.Staleness);
    }

    [Fact]
    public async Task Round_WhileItIsFolded_TakesNobodyAndSaysThatItHasClosed()
    {
        GatedBlobs? blobs = null;
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(3, "h264") with
            {
                Mode = FederationMode.Sync,
                ClusterTier = new TierSettings { Goal = 2 },
            },
            configure: silo => blobs = GatedBlobs.Around(silo));
        var first = await federation.OfferAsync("p0", seed: 1);
        blobs!.Closed = first.Sha256;
        await federation.ContributeAsync(first);
        await federation.SendAsync("p1", seed: 2);
        await blobs.Waiting;

        var late = await Assert.ThrowsAsync<RefusedException>(() => federation.SendAsync("p2", seed: 3));
        blobs.Open();

        Assert.Equal(RefusalCode.RoundClosed, late.Code);
    }
}
