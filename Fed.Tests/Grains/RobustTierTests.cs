using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Core.Aggregation;
using Fed.Core.Robust;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Grains;

/// <summary>Robust rules where updates and aggregates arrive: at the actors, with their buffers and
/// manifests.</summary>
public sealed class RobustTierTests
{
    private static readonly Grid Grid = new(22, 8f);

    [Theory]
    [InlineData("median")]
    [InlineData("krum:1")]
    [InlineData("trimmed-mean:0.2")]
    [InlineData("geometric-median")]
    public async Task ClusterRule_InSyncMode_MakesTheRulesModel(string rule)
    {
        var settings = TestSettings.Of(5, "a") with
        {
            Mode = FederationMode.Sync,
            ClusterTier = new TierSettings { Rule = rule },
        };
        await using var federation = await TestFederation.StartAsync(settings);
        foreach (var i in new[] { 3, 0, 4, 1, 2 })
            await federation.SendAsync($"p{i}", seed: i, examples: 20);

        var view = await federation.GlobalAsync(1);

        var inputs = Enumerable.Range(0, 5).Select(seed => Input(TestFederation.Values(seed, 0.01f))).ToArray();
        var start = TestFederation.Values(seed: 7, scale: 1);
        var sums = Sums(RobustFold.Open(inputs, Grid, RobustRules.Parse(rule)!));
        var divisor = inputs.Sum(input => input.Divisor);
        var expected = start.Zip(sums, (x, sum) => (float)(x + sum / ((double)divisor * Grid.Scale))).ToArray();
        Assert.Equal(expected, await federation.ModelAsync(view.ModelSha256));
    }

    [Fact]
    public async Task ClusterRule_OneHostileHouse_DoesNotMoveTheModelBeyondTheHonestOnes()
    {
        var settings = TestSettings.Of(4, "a") with
        {
            Mode = FederationMode.Sync,
            ClusterTier = new TierSettings { Rule = "trimmed-mean:1" },
        };
        await using var federation = await TestFederation.StartAsync(settings);
        for (var i = 0; i < 4; i++)
            await federation.SendAsync($"p{i}", seed: i, scale: i == 3 ? 7.9f : 0.01f);
        var model = await federation.ModelAsync((await federation.GlobalAsync(1)).ModelSha256);
        var start = TestFederation.Values(seed: 7, scale: 1);
        Assert.All(model.Zip(start), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 0.01 + 1e-6));
    }

    [Fact]
    public async Task GlobalRule_OneHostileCluster_IsOutvoted()
    {
        var settings = TestSettings.Of(3, "a", "b", "c") with
        {
            Mode = FederationMode.Sync,
            GlobalTier = new TierSettings { Rule = "median" },
        };
        await using var federation = await TestFederation.StartAsync(settings);
        for (var i = 0; i < 3; i++)
            await federation.SendAsync($"p{i}", seed: i, examples: 10 + 100 * i, scale: i == 1 ? 7.9f : 0.01f);

        var view = await federation.GlobalAsync(1);

        var updates = Enumerable.Range(0, 3)
            .Select(i => TestFederation.Values(i, i == 1 ? 7.9f : 0.01f).Select(Round).ToArray()).ToArray();
        var start = TestFederation.Values(seed: 7, scale: 1);
        var expected = start.Select((x, j) => (float)(x + updates.Select(update => update[j]).Order().ElementAt(1)
            / Grid.Scale)).ToArray();
        Assert.Equal(expected, await federation.ModelAsync(view.ModelSha256));
        Assert.Equal("median", (await federation.ManifestAsync(view.ManifestSha256)).Rule);
    }

    [Fact]
    public async Task SeveralContributionsOfOneSender_CountOnce()
    {
        var settings = TestSettings.Of(3, "a") with
        {
            Mode = FederationMode.Async,
            ClusterTier = new TierSettings { Goal = 2, Rule = "median" },
        };
        await using var federation = await TestFederation.StartAsync(settings);
        // Version 1, so that there are two bases to contribute to.
        await federation.SendAsync("p0", seed: 1);
        await federation.SendAsync("p1", seed: 2);
        var next = await federation.TaskAsync("p0", task => task.Version >= 1);
        await federation.SendAsync("p2", seed: 3);
        await federation.SendAsync("p2", seed: 4, baseModel: next.ModelSha256);
        Assert.Equal(2, (await federation.Cluster("a").GetStatus()).Buffered);

        await federation.SendAsync("p0", seed: 5, baseModel: next.ModelSha256);

        await federation.GlobalAsync(2);
        var manifest = await federation.LastFoldAsync("a");
        Assert.Equal(["p2", "p2", "p0"], manifest.Contributions.Select(receipt => receipt.Participant));
        Assert.Equal(
            manifest.Contributions.Skip(1).Select(receipt => receipt.Sha256).Order(),
            manifest.Inputs.Select(input => input.Sha256).Order());
    }

    [Fact]
    public async Task FlTrust_TheTrustedUpdateJudges_AndDoesNotCount()
    {
        var settings = TestSettings.Of(4, "a") with
        {
            Mode = FederationMode.Sync,
            ClusterTier = new TierSettings { Rule = "fltrust" },
        };
        settings = settings with { Roster = [.. settings.Roster.Select(e => e with { Trusted = e.Name == "p0" })] };
        await using var federation = await TestFederation.StartAsync(settings);
        var trusted = await federation.SendAsync("p0", seed: 1);
        await federation.SendAsync("p1", seed: 1, scale: 0.02f);
        await federation.SendAsync("p2", seed: 1, scale: -5f);
        await federation.SendAsync("p3", seed: 1, scale: -0.01f);

        var view = await federation.GlobalAsync(1);

        // p1 points the same way and gets the trusted one's length; the others point the other way.
        var start = TestFederation.Values(seed: 7, scale: 1);
        var wanted = TestFederation.Values(seed: 1, scale: 0.01f);
        var model = await federation.ModelAsync(view.ModelSha256);
        for (var j = 0; j < model.Length; j++)
            Assert.Equal(start[j] + wanted[j], model[j], 1e-6);
        var manifest = await federation.LastFoldAsync("a");
        Assert.Equal(trusted.Sha256, manifest.Reference);
        Assert.DoesNotContain(manifest.Inputs, input => input.Sha256 == trusted.Sha256);
        Assert.Equal(4, manifest.Contributions.Count);
    }

    [Theory]
    [InlineData("krum:1", "clusterTier of cluster 'a': krum: updates n is 4; 2f + 2 < n with f = 1 must hold")]
    [InlineData("bulyan:1", "n >= 4f + 3")]
    [InlineData("trimmed-mean:2", "2k < n with k = 2")]
    [InlineData("krum", "rule 'krum' is not known; use mean, median, trimmed-mean:k")]
    [InlineData("krum:1.5", "must be a whole number")]
    [InlineData("norm-bound:0", "norm-bound.norm is 0")]
    [InlineData("fltrust", "cluster 'a' has 0 trusted participants")]
    public async Task Create_RuleThatItsBufferCannotSatisfy_IsRefused(string rule, string reason)
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(1, "a"));
        var settings = TestSettings.Of(4, "a") with { ClusterTier = new TierSettings { Rule = rule } };
        var refused = await Assert.ThrowsAsync<RefusedException>(() => federation.CreateAsync(settings));
        Assert.Equal(RefusalCode.InvalidSettings, refused.Code);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_QuorumBelowTheRulesBound_IsRefused()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(1, "a"));
        var settings = TestSettings.Of(9, "a") with
        {
            ClusterTier = new TierSettings { Rule = "krum:1", Quorum = 4, DeadlineSeconds = 1 },
            GlobalTier = new TierSettings { Rule = "fltrust" },
        };
        var refused = await Assert.ThrowsAsync<RefusedException>(() => federation.CreateAsync(settings));
        Assert.Contains("updates n is 4", refused.Message, StringComparison.Ordinal);
        Assert.Contains("use it as clusterTier.rule", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_TrustedWithoutFlTrust_IsRefused()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(1, "a"));
        var settings = TestSettings.Of(2, "a");
        settings = settings with { Roster = [settings.Roster[0] with { Trusted = true }, settings.Roster[1]] };
        var refused = await Assert.ThrowsAsync<RefusedException>(() => federation.CreateAsync(settings));
        Assert.Contains("participant 'p0' is trusted", refused.Message, StringComparison.Ordinal);
    }

    private static double Round(float delta) => MathF.Round(delta * Grid.Scale, MidpointRounding.ToEven);

    private static RobustInput Input(float[] delta)
    {
        var file = UpdateFiles.Build(delta);
        return new RobustInput(UpdateFiles.Open(file), Hashes.Of(file), 20 * 256, 20 * 256);
    }

    private static long[] Sums(RobustFold fold)
    {
        var sums = new long[fold.Dimension];
        for (var block = 0; block < fold.BlockCount; block++)
            fold.Sum(block, sums.AsSpan(block * fold.BlockLength, fold.LengthOf(block)));
        return sums;
    }
}
