using Fed.Contracts;
using Fed.Contracts.Versions;
using Fed.Grains.Versions;

namespace Fed.Tests.Grains.Versions;

/// <summary>The registry of a federation that has more versions than a page holds.</summary>
public sealed class ModelRegistryTests
{
    private const int Pages = 3;
    private const int Many = (Pages * IVersionPageGrain.Versions) - 10;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task GetVersions_OverSeveralPages_AreNewestFirstAndComplete()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(1, "a"));
        var registry = await FilledAsync(federation);

        var all = await registry.GetVersions("b", 1000);

        Assert.Equal(Enumerable.Range(0, Many).Reverse().Select(number => (long)number), all.Select(v => v.Number));
        Assert.Equal(all.Take(70), await registry.GetVersions("b", 70));
    }

    [Fact]
    public async Task GetVersions_OfAllTiers_AreInOrderOfTheirCommits()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(1, "a"));
        var registry = await FilledAsync(federation);
        await registry.Record(
            Version("c", 0) with { CommittedAt = Start.AddMinutes(Many - 1.5) }, [], CancellationToken.None);

        var newest = await registry.GetVersions(null, 1000);

        var mine = newest.Where(version => version.Tier is "b" or "c").Take(3);
        Assert.Equal(["b", "c", "b"], mine.Select(version => version.Tier).ToArray()[..3]);
    }

    [Fact]
    public async Task Record_AgainAfterAnEvaluation_ChangesNothing()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(1, "a"));
        var registry = await FilledAsync(federation);
        await registry.RecordEvaluation("b", 70, new VersionEvaluation(1, 10, 5));

        await registry.Record(Version("b", 70), [], CancellationToken.None);

        Assert.Equal(0.5, (await registry.Find("b", 70))!.Evaluation!.Accuracy);
        Assert.Equal(Many, (await registry.GetVersions("b", 1000)).Count);
    }

    [Fact]
    public async Task Find_WhatIsNotThere_IsNull()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(1, "a"));
        var registry = await FilledAsync(federation);
        await registry.RecordEvaluation("b", Many, new VersionEvaluation(1, 10, 5));

        Assert.Null(await registry.Find("b", Many));
        Assert.Null(await registry.Find("nobody", 0));
    }

    [Fact]
    public async Task Retain_Again_NeverLowersAFloorAndRecordsOnlyChanges()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(1, "a"));
        var registry = await FilledAsync(federation);

        await registry.Retain(new RetentionRequest(10, "steward", "disk", DryRun: false));
        var more = await registry.Retain(new RetentionRequest(100, "steward", "second thoughts", DryRun: false));

        Assert.Equal(Many - 10, more.Floors["b"]);
        var record = Assert.Single(await registry.GetVersions(TierNames.Retention, 10));
        var manifest = await federation.ManifestAsync(record.ManifestSha256);
        Assert.Equal(("retention", "steward", "disk"), (manifest.Kind, manifest.By, manifest.Reason));
        Assert.Equal(Many - 10, manifest.Floors!["b"]);
        Assert.True((await registry.Find("b", Many - 11))!.Collected);
        Assert.False((await registry.Find("b", Many - 10))!.Collected);
    }

    [Fact]
    public async Task Retain_TwiceWithLess_ChainsItsRecords()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(1, "a"));
        var registry = await FilledAsync(federation);

        await registry.Retain(new RetentionRequest(10, "steward", "disk", DryRun: false));
        await registry.Retain(new RetentionRequest(5, "steward", "more disk", DryRun: false));

        var records = await registry.GetVersions(TierNames.Retention, 10);
        Assert.Equal([2L, 1L], records.Select(record => record.Number));
        Assert.Equal([records[1].ManifestSha256], records[0].Parents);
    }

    private static async Task<IModelRegistryGrain> FilledAsync(TestFederation federation)
    {
        var registry = federation.Silo.Grains.GetGrain<IModelRegistryGrain>(federation.Settings.Name);
        for (var number = 0; number < Many; number++)
            await registry.Record(Version("b", number), [], CancellationToken.None);
        return registry;
    }

    private static VersionRecord Version(string tier, long number) => VersionRecords.Of(
        new VersionManifest
        {
            Federation = "f",
            Tier = tier,
            Number = number,
            Kind = "fold",
            ModelSha256 = new string('a', 64),
            CommittedAt = Start.AddMinutes(number),
        },
        $"manifest of {number}");
}
