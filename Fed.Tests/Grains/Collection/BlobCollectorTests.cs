using Fed.Contracts.Collection;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Folding;
using Fed.Grains.Collection;
using Fed.Grains.Versions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fed.Tests.Grains.Collection;

/// <summary>What is removed, and what is still there, when old versions are given up.</summary>
public sealed class BlobCollectorTests
{
    private static readonly CollectionRequest KeepTwo = new() { Keep = 2, By = "steward", Reason = "disk" };

    public static TheoryData<FederationMode, double> Modes => new()
    {
        { FederationMode.Sync, 0 },
        { FederationMode.Async, 0 },
        { FederationMode.Async, 0.25 },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Run_KeepTwo_RemovesWhatOnlyOlderVersionsNeed(FederationMode mode, double specialisation)
    {
        await using var federation = await TestFederation.StartAsync(Settings(mode) with
        {
            Specialisation = specialisation,
        });
        var models = await RoundsAsync(federation, 6);
        var before = federation.BlobNames;

        var report = await CollectAsync(federation, KeepTwo);

        // One has come: the record that versions were given up.
        Assert.Equal(before.Count + 1 - federation.BlobNames.Count, report.Removed.Blobs);
        Assert.Equal(federation.BlobNames.Count, report.Needed.Blobs);
        Assert.Equal(default, report.Young);
        Assert.Equal(5, report.Floors[federation.Settings.Name]["global"]);
        // Version 4 is what version 5 was made from; tasks name no older ones, for their staleness is at most 1.
        Assert.DoesNotContain(models[2], federation.BlobNames);
        Assert.Contains(models[4], federation.BlobNames);
        await VerifyKeptAsync(federation, firstGlobal: 5);
    }

    [Fact]
    public async Task Run_ThenGoingOn_FederationFoldsAndOldReceiptsAreGivenAgain()
    {
        await using var federation = await TestFederation.StartAsync(Settings(FederationMode.Async));
        var task = await federation.TaskAsync("p0", _ => true);
        var offer = await federation.OfferAsync("p0", seed: 5, baseModel: task.ModelSha256);
        var receipt = await federation.ContributeAsync(offer);
        await federation.SendAsync("p1", seed: 6, baseModel: task.ModelSha256);
        await federation.GlobalAsync(1);
        await RoundsAsync(federation, 5);

        await CollectAsync(federation, KeepTwo);
        await RoundsAsync(federation, 2);

        Assert.DoesNotContain(offer.Sha256, federation.BlobNames);
        Assert.Equal(receipt, await federation.ContributeAsync(offer));
        await VerifyKeptAsync(federation, firstGlobal: 5);
    }

    [Fact]
    public async Task Run_PromotedVersion_StaysWhole()
    {
        await using var federation = await TestFederation.StartAsync(Settings(FederationMode.Async));
        await RoundsAsync(federation, 6);
        await Registry(federation).Promote(new PromotionRequest(2, "steward", "best"));

        await CollectAsync(federation, KeepTwo);

        Assert.False((await Registry(federation).Find("global", 2))!.Collected);
        await VerifyAsync(federation, "global", 2);
        Assert.True((await Registry(federation).Find("global", 3))!.Collected);
    }

    [Fact]
    public async Task Orders_ForACollectedVersion_AreRefused()
    {
        await using var federation = await TestFederation.StartAsync(Settings(FederationMode.Async));
        await RoundsAsync(federation, 6);
        await CollectAsync(federation, KeepTwo);

        var promotion = await Assert.ThrowsAsync<RefusedException>(
            () => Registry(federation).Promote(new PromotionRequest(3, "steward", "best")));
        var rollback = await Assert.ThrowsAsync<RefusedException>(
            () => federation.Global.RollBack(new RollbackRequest(4, "steward", "wrong")));

        Assert.Equal(RefusalCode.VersionCollected, promotion.Code);
        Assert.Equal(RefusalCode.VersionCollected, rollback.Code);
        Assert.Equal(7, (await federation.Global.RollBack(new RollbackRequest(5, "steward", "wrong"))).Version);
    }

    [Fact]
    public async Task Run_AfterARollback_KeepsWhatTheRollbackNeeds()
    {
        await using var federation = await TestFederation.StartAsync(Settings(FederationMode.Async));
        await RoundsAsync(federation, 6);
        await federation.Global.RollBack(new RollbackRequest(1, "steward", "wrong"));
        await AdoptedByAllAsync(federation, 7);

        await CollectAsync(federation, KeepTwo with { Keep = 1 });

        await VerifyAsync(federation, "global", 7);
        await RoundsAsync(federation, 1);
        await VerifyKeptAsync(federation, firstGlobal: 7);
    }

    [Fact]
    public async Task Run_ContributionThatWaits_IsKeptAndFoldedLater()
    {
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(4, "a", "b") with { Mode = FederationMode.Sync });
        var task = await federation.TaskAsync("p0", _ => true);
        var waiting = await federation.OfferAsync("p0", seed: 5, baseModel: task.ModelSha256);
        await federation.ContributeAsync(waiting);
        var unsent = await federation.OfferAsync("p1", seed: 6, baseModel: task.ModelSha256);

        await CollectAsync(federation, KeepTwo with { Keep = 1 });

        Assert.Contains(waiting.Sha256, federation.BlobNames);
        Assert.DoesNotContain(unsent.Sha256, federation.BlobNames);
    }

    [Fact]
    public async Task Run_WithinTheGrace_RemovesNothing()
    {
        await using var federation = await TestFederation.StartAsync(Settings(FederationMode.Async));
        await RoundsAsync(federation, 4);
        var before = federation.BlobNames;

        using var collector = Collector(federation);
        var report = await collector.RunAsync(KeepTwo, CancellationToken.None);

        Assert.Empty(before.Except(federation.BlobNames));
        Assert.Equal(0, report.Removed.Blobs);
        Assert.True(report.Young.Blobs > 0);
    }

    [Fact]
    public async Task Run_Dry_SaysTheSameAndChangesNothing()
    {
        await using var federation = await TestFederation.StartAsync(Settings(FederationMode.Async));
        await RoundsAsync(federation, 6);
        var before = federation.BlobNames;

        var dry = await CollectAsync(federation, KeepTwo with { DryRun = true });

        Assert.Equal(before, federation.BlobNames);
        Assert.False((await Registry(federation).Find("global", 1))!.Collected);
        var wet = await CollectAsync(federation, KeepTwo);
        Assert.Equal(dry.Removed, wet.Removed);
        Assert.Equal(dry.Floors[federation.Settings.Name], wet.Floors[federation.Settings.Name]);
        // The record that versions were given up.
        Assert.Equal(dry.Needed.Blobs + 1, wet.Needed.Blobs);
    }

    [Fact]
    public async Task Run_TwoFederationsOneNamed_GivesUpVersionsOfThatOneOnly()
    {
        await using var federation = await TestFederation.StartAsync(Settings(FederationMode.Async));
        await RoundsAsync(federation, 4);
        var first = federation.Settings.Name;
        await federation.CreateAsync(Settings(FederationMode.Async));
        await RoundsAsync(federation, 4);

        var report = await CollectAsync(federation, KeepTwo with { Federation = first });

        Assert.Equal(3, report.Floors[first]["global"]);
        Assert.Empty(report.Floors[federation.Settings.Name]);
        await VerifyKeptAsync(federation, firstGlobal: 0);
    }

    [Fact]
    public async Task Run_ManifestMissing_RemovesNothingAndNamesIt()
    {
        await using var federation = await TestFederation.StartAsync(Settings(FederationMode.Async));
        await RoundsAsync(federation, 4);
        var lost = (await Registry(federation).Find("global", 1))!.ManifestSha256;
        federation.Damage(lost);
        var before = federation.BlobNames;

        var refused = await Assert.ThrowsAsync<RefusedException>(() => CollectAsync(federation, KeepTwo));

        Assert.Equal(RefusalCode.StorageDamaged, refused.Code);
        Assert.Contains(lost, refused.Message, StringComparison.Ordinal);
        Assert.Empty(before.Except(federation.BlobNames));
    }

    [Theory]
    [InlineData(0, 60, "keep is 0")]
    [InlineData(1, 0, "graceMinutes is 0")]
    [InlineData(1, 10_081, "graceMinutes is 10081")]
    public async Task Run_OutOfBounds_IsRefused(int keep, int grace, string expected)
    {
        await using var federation = await TestFederation.StartAsync(Settings(FederationMode.Async));
        using var collector = Collector(federation);

        var refused = await Assert.ThrowsAsync<RefusedException>(() => collector.RunAsync(
            KeepTwo with
            {
                Keep = keep,
                GraceMinutes = grace,
            },
            CancellationToken.None));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FederationThatThereIsNot_IsRefused()
    {
        await using var federation = await TestFederation.StartAsync(Settings(FederationMode.Async));

        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => CollectAsync(federation, KeepTwo with { Federation = "nobody" }));

        Assert.Equal(RefusalCode.UnknownFederation, refused.Code);
    }

    private static FederationSettings Settings(FederationMode mode) => TestSettings.Of(2, "a", "b") with
    {
        Mode = mode,
        ClusterTier = new TierSettings { MaxStaleness = 1 },
    };

    private static IModelRegistryGrain Registry(TestFederation federation) =>
        federation.Silo.Grains.GetGrain<IModelRegistryGrain>(federation.Settings.Name);

    private static BlobCollector Collector(TestFederation federation) => new(
        federation.Silo.Grains,
        federation.Silo.Services.GetRequiredService<ManifestStore>(),
        federation.Blobs,
        TimeProvider.System,
        NullLogger<BlobCollector>.Instance);

    /// <summary>Whatever has been written is old enough, even what is being written.</summary>
    private static async Task<CollectionReport> CollectAsync(TestFederation federation, CollectionRequest request)
    {
        using var collector = Collector(federation);
        return await collector.RunAsync(request, grace: TimeSpan.FromHours(-1), CancellationToken.None);
    }

    /// <summary>Everybody contributes once to each of the next global versions; returns their models.</summary>
    private static async Task<List<string>> RoundsAsync(TestFederation federation, int rounds)
    {
        var models = new List<string> { (await federation.Global.GetView()).ModelSha256 };
        for (var round = 0; round < rounds; round++)
        {
            var global = (await federation.Global.GetView()).Version;
            foreach (var entry in federation.Settings.Roster)
            {
                var model = await AdoptedAsync(federation, entry.Cluster, global);
                var task = await federation.TaskAsync(entry.Name, task => task.ModelSha256 == model);
                var sequence = (await federation.Participant(entry.Name).Enrol(federation.EnrolmentOf(entry.Name)))
                    .NextSequence;
                await federation.SendAsync(
                    entry.Name, seed: (int)(100 * global) + entry.Name[1], baseModel: task.ModelSha256, sequence: sequence);
            }

            models.Add((await federation.GlobalAsync(global + 1)).ModelSha256);
        }

        // The clusters have heard of it, and their versions stand.
        await AdoptedByAllAsync(federation, (await federation.Global.GetView()).Version);
        return models;
    }

    private static async Task AdoptedByAllAsync(TestFederation federation, long global)
    {
        foreach (var cluster in federation.Settings.Clusters)
            await AdoptedAsync(federation, cluster, global);
    }

    /// <summary>The cluster's model, once it descends from this global version.</summary>
    private static async Task<string> AdoptedAsync(TestFederation federation, string cluster, long global)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            var view = await federation.Cluster(cluster).GetView("observer");
            if (view.GlobalVersion >= global)
                return view.ModelSha256;
            await federation.WaitForChangeAsync(cluster, view.Revision, TimeSpan.FromSeconds(5));
        }
    }

    /// <summary>Computes every version again that is said to be kept.</summary>
    private static async Task VerifyKeptAsync(TestFederation federation, long firstGlobal)
    {
        var versions = await Registry(federation).GetVersions(null, 1000);
        Assert.Equal(firstGlobal, versions.Where(version => version is { Tier: "global", Collected: false })
            .Min(version => version.Number));
        foreach (var version in versions.Where(version => !version.Collected))
            await VerifyAsync(federation, version.Tier, version.Number);
    }

    private static async Task VerifyAsync(TestFederation federation, string tier, long number)
    {
        var computing = new Recomputation(
            federation.Blobs, federation.Settings, async (sha256, _) => await federation.ManifestAsync(sha256));
        var record = await Registry(federation).Find(tier, number);
        var manifest = await federation.ManifestAsync(record!.ManifestSha256);
        await computing.VerifyAsync(manifest, CancellationToken.None);
        foreach (var merged in ManifestChain.Merged(manifest))
            await computing.VerifyAsync(await federation.ManifestAsync(merged), CancellationToken.None);
    }
}
