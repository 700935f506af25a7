using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;

namespace Fed.Tests.Grains;

/// <summary>Back to an earlier global version, and what becomes of all that descends from the later ones.</summary>
public sealed class RollbackTests
{
    private static readonly RollbackRequest ToFirst = new(1, "steward", "wrong labels");

    private static FederationSettings Sync(int participants, params string[] clusters) =>
        TestSettings.Of(participants, clusters) with { Mode = FederationMode.Sync };

    [Fact]
    public async Task RollBack_ToAnEarlierVersion_RestoresItsModelAsANewVersion()
    {
        await using var federation = await TestFederation.StartAsync(Sync(2, "a", "b"));
        var first = await RoundAsync(federation, 1);
        await RoundAsync(federation, 2);
        await RoundAsync(federation, 3);

        var view = await federation.Global.RollBack(ToFirst);

        Assert.Equal(4, view.Version);
        Assert.Equal(first, view.ModelSha256);
        var manifest = await federation.ManifestAsync(view.ManifestSha256);
        Assert.Equal("rollback", manifest.Kind);
        Assert.Equal(new VersionRange(2, 3), manifest.Withdrawn);
        Assert.Equal(("steward", "wrong labels"), (manifest.By, manifest.Reason));
        var records = await federation.RecordedAsync("global", 4);
        Assert.Equal([2L, 3L], records.Where(record => record.Withdrawn).Select(record => record.Number).Order());
    }

    [Fact]
    public async Task RollBack_ContributionsInTheLedger_AreQuarantinedAndAnsweredAgainButNeverMerged()
    {
        await using var federation = await TestFederation.StartAsync(Sync(4, "a", "b"));
        await RoundAsync(federation, 1);
        await RoundAsync(federation, 2);
        // p0 is in cluster a, whose round is not complete: its contribution waits.
        var waiting = await federation.TaskAsync("p0", task => task.Version == 2);
        var offer = await federation.OfferAsync("p0", seed: 300, baseModel: waiting.ModelSha256);
        var receipt = await federation.ContributeAsync(offer);

        await federation.Global.RollBack(ToFirst);
        await federation.TaskAsync("p0", task => task.Version == 3);

        var records = await federation.RecordedAsync("a", 3);
        var rollback = await federation.ManifestAsync(records[0].ManifestSha256);
        Assert.Equal("rollback", rollback.Kind);
        Assert.Equal([receipt], rollback.Quarantined);
        Assert.Equal(0, (await federation.Cluster("a").GetStatus()).Buffered);
        Assert.Equal(receipt, await federation.ContributeAsync(offer));
        await RoundAsync(federation, 4);
        Assert.DoesNotContain(receipt, (await federation.LastFoldAsync("a")).Contributions);
        Assert.Equal(receipt, await federation.ContributeAsync(offer));
    }

    [Fact]
    public async Task Contribute_TrainedFromAWithdrawnVersion_IsRefused()
    {
        await using var federation = await TestFederation.StartAsync(Sync(2, "a", "b"));
        await RoundAsync(federation, 1);
        var withdrawn = await RoundAsync(federation, 2);
        await federation.Global.RollBack(ToFirst);
        await federation.TaskAsync("p0", task => task.Version == 3);

        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => federation.SendAsync("p0", seed: 9, baseModel: withdrawn));

        Assert.Equal(RefusalCode.UnknownBaseVersion, refused.Code);
    }

    [Fact]
    public async Task RollBack_ThenTheSameContributions_MakeTheSameModelAsBefore()
    {
        await using var federation = await TestFederation.StartAsync(Sync(3, "a") with
        {
            Optimizer = new OptimizerSettings { Kind = "adam", LearningRate = 0.01 },
        });
        await RoundAsync(federation, 1);
        var second = await RoundAsync(federation, 2);
        await federation.Global.RollBack(ToFirst);

        var again = await RoundAsync(federation, 3, seeds: 2);

        // The model, and the optimiser's moments with it: else the step would be another one.
        Assert.Equal(second, again);
    }

    [Fact]
    public async Task RollBack_ToAVersionThatIsWithdrawnCurrentOrUnknown_IsRefused()
    {
        await using var federation = await TestFederation.StartAsync(Sync(2, "a", "b"));
        for (var round = 1; round <= 3; round++)
            await RoundAsync(federation, round);
        await federation.Global.RollBack(ToFirst);

        Assert.Equal(RefusalCode.VersionWithdrawn, await RefusalAsync(2));
        Assert.Equal(RefusalCode.UnknownVersion, await RefusalAsync(4));
        Assert.Equal(RefusalCode.UnknownVersion, await RefusalAsync(99));
        Assert.Equal(RefusalCode.UnknownVersion, await RefusalAsync(-1));
        Assert.Equal(4, (await federation.Global.GetView()).Version);

        async Task<RefusalCode> RefusalAsync(long version) => (await Assert.ThrowsAsync<RefusedException>(
            () => federation.Global.RollBack(ToFirst with { Version = version }))).Code;
    }

    [Fact]
    public async Task RollBack_Twice_WithdrawsWhatTheFirstHadMade()
    {
        await using var federation = await TestFederation.StartAsync(Sync(2, "a", "b"));
        for (var round = 1; round <= 3; round++)
            await RoundAsync(federation, round);
        await federation.Global.RollBack(ToFirst with { Version = 2 });

        var view = await federation.Global.RollBack(ToFirst);

        Assert.Equal([new VersionRange(2, 4)], view.Withdrawn);
    }

    [Fact]
    public async Task RollBack_UnderLoad_KeepsWithdrawnContributionsOutOfLaterVersions()
    {
        const int Participants = 8;
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(Participants, "a", "b") with
        {
            ClusterTier = new TierSettings { Goal = 2, MaxStaleness = 50 },
            GlobalTier = new TierSettings { Goal = 1, MaxStaleness = 50 },
        });
        using var stop = new CancellationTokenSource();
        var senders = Enumerable.Range(0, Participants).Select(i => LoadAsync(federation, $"p{i}", stop.Token)).ToArray();
        await federation.GlobalAsync(6);

        var view = await federation.Global.RollBack(ToFirst with { Version = 3 });
        await federation.GlobalAsync(view.Version + 6);
        await stop.CancelAsync();
        await Task.WhenAll(senders);

        Assert.Equal((await federation.ManifestAsync(view.ManifestSha256)).Withdrawn, Assert.Single(view.Withdrawn));
        var merged = await GlobalFoldsAfterAsync(federation, view.Version);
        Assert.NotEmpty(merged);
        Assert.All(merged, aggregate => Assert.False(view.Withdrawn[0].Contains(aggregate.GlobalVersion)));
    }

    /// <summary>Manifests of the aggregates that global versions after this one have merged.</summary>
    private static async Task<List<VersionManifest>> GlobalFoldsAfterAsync(TestFederation federation, long version)
    {
        var aggregates = new List<VersionManifest>();
        var next = (await federation.Global.GetView()).ManifestSha256;
        for (var manifest = await federation.ManifestAsync(next);
            manifest.Number > version;
            manifest = await federation.ManifestAsync(manifest.Parents[0]))
        {
            foreach (var parent in manifest.Parents.Skip(1))
                aggregates.Add(await federation.ManifestAsync(parent));
        }

        return aggregates;
    }

    private static async Task LoadAsync(TestFederation federation, string participant, CancellationToken stop)
    {
        for (var seed = 0; !stop.IsCancellationRequested; seed++)
        {
            var task = await federation.NextTaskAsync(participant, TimeSpan.FromSeconds(1));
            if (task is not { Kind: TaskKind.Train })
                continue;
            var sequence = (await federation.Participant(participant).Enrol(federation.EnrolmentOf(participant)))
                .NextSequence;
            try
            {
                await federation.SendAsync(participant, seed, baseModel: task.ModelSha256, sequence: sequence);
            }
            catch (RefusedException refused) when (refused.Code
                is RefusalCode.UnknownBaseVersion or RefusalCode.TooStale or RefusalCode.AlreadyContributed)
            {
                // What an agent does then: it asks for a new task.
            }
        }
    }

    /// <summary>Everybody contributes once to the newest version; returns the hash of the next global model.</summary>
    private static async Task<string> RoundAsync(TestFederation federation, int round, int? seeds = null)
    {
        var before = (await federation.Global.GetView()).Version;
        for (var i = 0; i < federation.Settings.Roster.Count; i++)
        {
            var task = await federation.TaskAsync($"p{i}", task => task.Version == before);
            await federation.SendAsync(
                $"p{i}", seed: 100 * (seeds ?? round) + i, examples: 10 + i, baseModel: task.ModelSha256);
        }

        return (await federation.GlobalAsync(before + 1)).ModelSha256;
    }
}
