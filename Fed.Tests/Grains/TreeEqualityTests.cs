using Fed.Contracts.Federations;

namespace Fed.Tests.Grains;

/// <summary>
/// Design section 4: with every update fresh, any tree and either mode give the same bits as one flat mean.
/// </summary>
public sealed class TreeEqualityTests
{
    private const int Participants = 6;

    [Theory]
    [InlineData(FederationMode.Sync, 2)]
    [InlineData(FederationMode.Sync, 3)]
    [InlineData(FederationMode.Async, 2)]
    [InlineData(FederationMode.Async, 3)]
    public async Task GlobalModel_OfAnyTree_EqualsTheFlatOneBitForBit(FederationMode mode, int clusters)
    {
        var flat = TestSettings.Of(Participants, "all") with { Mode = FederationMode.Sync };
        await using var federation = await TestFederation.StartAsync(flat);
        var expected = await RoundAsync(federation, Enumerable.Range(0, Participants));

        var keys = Enumerable.Range(0, clusters).Select(i => $"c{i}").ToArray();
        await federation.CreateAsync(TestSettings.Of(Participants, keys) with { Mode = mode });
        var actual = await RoundAsync(federation, Enumerable.Range(0, Participants).Reverse());

        Assert.NotEqual(federation.InitialModel, actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public async Task SecondRound_OfTwoTrees_StillAgrees()
    {
        var flat = TestSettings.Of(Participants, "all") with { Mode = FederationMode.Sync };
        await using var federation = await TestFederation.StartAsync(flat);
        var expected = await RoundAsync(federation, Enumerable.Range(0, Participants));
        expected = await RoundAsync(federation, Enumerable.Range(0, Participants), expected, round: 2);

        await federation.CreateAsync(TestSettings.Of(Participants, "a", "b", "c") with { Mode = FederationMode.Sync });
        var actual = await RoundAsync(federation, Enumerable.Range(0, Participants));
        actual = await RoundAsync(federation, Enumerable.Range(0, Participants), actual, round: 2);

        Assert.Equal(expected, actual);
    }

    /// <summary>Every participant contributes its own delta once; returns the hash of the next global model.</summary>
    private static async Task<string> RoundAsync(
        TestFederation federation, IEnumerable<int> order, string? baseModel = null, int round = 1)
    {
        foreach (var i in order)
        {
            if (baseModel is not null)
                await federation.TaskAsync($"p{i}", task => task.ModelSha256 == baseModel);
            await federation.SendAsync($"p{i}", seed: 100 * round + i, examples: 10 + i, baseModel);
        }

        return (await federation.GlobalAsync(round)).ModelSha256;
    }
}
