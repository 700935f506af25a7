using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;

namespace Fed.Tests.Grains;

/// <summary>What the global tier takes from a cluster, spoken for by the test.</summary>
public sealed class AggregateAdmissionTests
{
    private static readonly FederationSettings Settings = TestSettings.Of(2, "a", "b") with
    {
        GlobalTier = new TierSettings { Goal = 1, MaxStaleness = 1 },
    };

    [Fact]
    public async Task Contribute_AfterAnAggregateThatWasTooStale_TakesTheNextOne()
    {
        await using var federation = await TestFederation.StartAsync(Settings);
        var aggregate = await AggregateAsync(federation);

        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => federation.Global.Contribute(aggregate with { BaseGlobalVersion = -2 }));
        await federation.Global.Contribute(aggregate with { Sequence = 2 });

        Assert.Equal(RefusalCode.TooStale, refused.Code);
        Assert.Equal(2, (await federation.GlobalAsync(1)).Merged["a"]);
    }

    [Fact]
    public async Task Contribute_TheSameAggregateTwice_MergesItOnce()
    {
        await using var federation = await TestFederation.StartAsync(Settings);
        var aggregate = await AggregateAsync(federation);

        await Task.WhenAll(federation.Global.Contribute(aggregate), federation.Global.Contribute(aggregate));
        await federation.GlobalAsync(1);
        await federation.Global.Contribute(aggregate);

        Assert.Equal(1, (await federation.Global.GetStatus()).Accepted);
        Assert.Equal(1, (await federation.Global.GetView()).Version);
    }

    [Fact]
    public async Task Contribute_AnAggregateThatLeavesAGap_IsAFault()
    {
        await using var federation = await TestFederation.StartAsync(Settings);
        var aggregate = await AggregateAsync(federation);

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => federation.Global.Contribute(aggregate with { Sequence = 2 }));

        Assert.Equal(0, (await federation.Global.GetStatus()).Accepted);
    }

    /// <summary>The first aggregate of cluster a, of one update.</summary>
    private static async Task<ClusterAggregate> AggregateAsync(TestFederation federation)
    {
        var offer = await federation.OfferAsync("p0", seed: 1);
        var fold = await federation.Folds.FoldAsync(new FoldRequest(
            federation.InitialModel,
            new[] { new FoldInputReference(offer.Sha256, 256, 256, 1) },
            Settings.Arithmetic,
            Optimizer: null,
            OptimizerState: null,
            KeepModel: false,
            KeepSums: true,
            Rule: "mean",
            Reference: null), CancellationToken.None);
        return new ClusterAggregate("a", 1, fold.SumsSha256!, fold.Weight, fold.Count, BaseGlobalVersion: 0, "none");
    }
}
