using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;

namespace Fed.Tests.Grains;

/// <summary>Folds whose block ranges other grains sum, beside folds of one worker.</summary>
public sealed class FoldRangeTests
{
    private const int Participants = 6;

    [Theory]
    [InlineData("mean", 2)]
    [InlineData("mean", 5)]
    [InlineData("median", 2)]
    [InlineData("krum:1", 2)] // not shared: it judges whole updates
    public async Task Fold_ByAnyNumberOfWorkers_WritesTheSameBlobsAndNoMore(string rule, int workers)
    {
        var settings = TestSettings.Of(Participants, "a") with
        {
            Mode = FederationMode.Sync,
            Optimizer = new OptimizerSettings { Kind = "adam", LearningRate = 0.01 },
            ClusterTier = new TierSettings { Rule = rule },
        };
        await using var alone = await TestFederation.StartAsync(settings);
        await using var shared = await TestFederation.StartAsync(settings, foldWorkers: workers);

        var expected = await RoundAsync(alone);
        var actual = await RoundAsync(shared);

        Assert.NotEqual(alone.InitialModel, expected);
        Assert.Equal(expected, actual);
        Assert.Equal(alone.BlobNames.Count, shared.BlobNames.Count);
    }

    [Fact]
    public async Task Fold_AnInputIsMissing_NamesItAndLeavesNoBlob()
    {
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(Participants, "a"), foldWorkers: 2);
        var offer = await federation.OfferAsync("p0", seed: 1);
        var before = federation.BlobNames;
        var missing = new string('a', 64);

        var error = await Assert.ThrowsAsync<InvalidDataException>(
            () => FoldAsync(federation, offer.Sha256, missing));

        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, federation.BlobNames);
    }

    [Fact]
    public async Task Fold_AnInputIsDamaged_IsReportedAndLeavesNoBlob()
    {
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(Participants, "a"), foldWorkers: 2);
        var offer = await federation.OfferAsync("p0", seed: 1);
        federation.Damage(offer.Sha256);
        var before = federation.BlobNames;

        var error = await Assert.ThrowsAsync<InvalidDataException>(
            () => FoldAsync(federation, offer.Sha256));

        Assert.Contains("does not match its checksum", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, federation.BlobNames);
    }

    private static Task<FoldResult> FoldAsync(TestFederation federation, params string[] updates) =>
        federation.Folds.FoldAsync(new FoldRequest(
            federation.InitialModel,
            updates.Select(update => new FoldInputReference(update, 256, 256, 256)).ToArray(),
            new ArithmeticSettings(),
            Optimizer: null,
            OptimizerState: null,
            KeepModel: true,
            KeepSums: true,
            Rule: "mean",
            Reference: null), CancellationToken.None);

    private static async Task<string> RoundAsync(TestFederation federation)
    {
        for (var i = 0; i < Participants; i++)
            await federation.SendAsync($"p{i}", seed: 100 + i, examples: 10 + i);
        return (await federation.GlobalAsync(1)).ModelSha256;
    }
}
