using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;

namespace Fed.Tests.Grains;

/// <summary>From creation to the last task.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task Federation_AtItsTargetVersion_EvaluatesOnceAndFinishes()
    {
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(2, "h264", "av1") with { TargetVersions = 1 });
        await federation.SendAsync("p0", seed: 1);
        await federation.SendAsync("p1", seed: 2);

        var evaluate = await federation.TaskAsync("p0", task => task.Kind != TaskKind.Train);
        await federation.Participant("p0").Report(
            new EvaluationReport(evaluate.Version, evaluate.ModelSha256, Examples: 10, Correct: 7, Loss: 0.5));
        var finish = await federation.TaskAsync("p0", _ => true);

        Assert.Equal(TaskKind.Evaluate, evaluate.Kind);
        Assert.Equal(TaskKind.Finish, finish.Kind);
        Assert.Equal(FederationState.Finished, (await federation.Federation.Describe()).State);
        var status = await federation.Federation.GetStatus();
        Assert.Equal(0.7, status.Clusters.Single(cluster => cluster.Key == "h264").Accuracy);
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => federation.SendAsync("p0", seed: 3, baseModel: evaluate.ModelSha256));
        Assert.Equal(RefusalCode.FederationFinished, refused.Code);
    }

    [Fact]
    public async Task Description_ForATierOrAParticipant_ShipsNoMoreOfTheRosterThanItNeeds()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(4, "h264", "av1"));
        var grain = federation.Federation;

        var cluster = await grain.DescribeTier("av1");
        var global = await grain.DescribeTier(TierNames.Global);
        var place = await grain.Locate("p3");

        Assert.Equal(["p1", "p3"], cluster.Settings.Roster.Select(entry => entry.Name));
        Assert.Empty(global.Settings.Roster);
        Assert.Empty(place.Description.Settings.Roster);
        Assert.Equal("av1", place.Cluster);
        Assert.Equal(4, (await grain.Describe()).Settings.Roster.Count);
        Assert.Equal(
            RefusalCode.UnknownCluster,
            (await Assert.ThrowsAsync<RefusedException>(() => grain.DescribeTier("vp9"))).Code);
        Assert.Equal(
            RefusalCode.UnknownParticipant,
            (await Assert.ThrowsAsync<RefusedException>(() => grain.Locate("p4"))).Code);
    }

    [Fact]
    public async Task Evaluations_AfterTheClusterIsActivatedAgain_AreSummedWithTheEarlierOnes()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(2, "h264"));
        var model = federation.InitialModel;
        await federation.Participant("p0").Report(new EvaluationReport(0, model, Examples: 10, Correct: 7, Loss: 1));
        await federation.Silo.DeactivateAsync(federation.Cluster("h264"));

        await federation.Participant("p1").Report(
            new EvaluationReport(0, model, Examples: 30, Correct: 13, Loss: 2, ClippedShare: 0.25));

        var expected = new VersionEvaluation(Reports: 2, Examples: 40, Correct: 20, Loss: 1.75, ClippedShare: 0.25);
        Assert.Equal(expected, (await federation.Cluster("h264").GetStatus()).Evaluation);
        var versions = await federation.Registry.GetVersions("h264", limit: 1);
        Assert.Equal(expected, versions[0].Evaluation);
    }

    [Fact]
    public async Task Registry_AfterARound_HoldsAChainToTheInitialVersion()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(2, "h264", "av1"));
        await federation.SendAsync("p0", seed: 1);
        await federation.SendAsync("p1", seed: 2);
        var global = await federation.GlobalAsync(1);

        foreach (var tier in new[] { "global", "h264", "av1" })
            await federation.RecordedAsync(tier, 1);
        var versions = await federation.Registry.GetVersions(tier: null, limit: 100);
        var newest = versions.Single(version => version.Tier == "global" && version.Number == 1);

        Assert.Equal(global.ModelSha256, newest.ModelSha256);
        Assert.Equal(2, newest.Contributions);
        var initial = versions.Single(version => version.Tier == "global" && version.Number == 0);
        Assert.Equal(initial.ManifestSha256, newest.Parents[0]);
        var folds = versions.Where(version => version.Tier != "global" && version.Number == 1)
            .Select(version => version.ManifestSha256);
        Assert.Equal(folds.Order(StringComparer.Ordinal), newest.Parents.Skip(1).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Create_AgainWithTheSameSettings_IsHarmless_WithOthersRefused()
    {
        var settings = TestSettings.Of(2, "h264");
        await using var federation = await TestFederation.StartAsync(settings);

        await federation.Federation.Create(
            settings, federation.InitialModel, TestFederation.Layout.Hash, TestFederation.Parameters, null);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => federation.Federation.Create(
            settings with { Seed = 2 },
            federation.InitialModel,
            TestFederation.Layout.Hash,
            TestFederation.Parameters,
            null));

        Assert.Equal(RefusalCode.FederationExists, refused.Code);
    }

    [Fact]
    public async Task NextTask_WhileNothingChanges_IsNullAfterItsWait()
    {
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(2, "h264") with { ClusterTier = new TierSettings { Goal = 2 } });
        await federation.SendAsync("p0", seed: 1);

        Assert.Null(await federation.NextTaskAsync("p0", TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public async Task Specialisation_KeepsAPartOfTheClustersOwnDirection()
    {
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(2, "h264", "av1") with { Specialisation = 0.5, Mode = FederationMode.Sync });
        await federation.SendAsync("p0", seed: 1);
        await federation.SendAsync("p1", seed: 2);

        var first = await federation.TaskAsync("p0", task => task.Version == 1);
        var second = await federation.TaskAsync("p1", task => task.Version == 1);

        var global = await federation.GlobalAsync(1);
        Assert.NotEqual(first.ModelSha256, second.ModelSha256);
        Assert.NotEqual(global.ModelSha256, first.ModelSha256);
    }
}
