using Fed.Cli;
using Fed.Cli.Admin;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Keys;
using Fed.Contracts.Versions;

namespace Fed.Tests.Client;

/// <summary>What stewards order, against a real silo on which agents have trained four versions.</summary>
public sealed class AdminTests : IAsyncLifetime, IDisposable
{
    private ClientSilo _silo = null!;
    private FederationClient _client = null!;

    public async Task InitializeAsync()
    {
        _silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 4));
        using var first = new AgentHarness("a", "h264");
        using var second = new AgentHarness("c", "av1");
        await Task.WhenAll(first.RunAsync(_silo.Address), second.RunAsync(_silo.Address));
        _client = new FederationClient(_silo.Address);
    }

    public void Dispose() => _client.Dispose();

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task Promote_AVersion_MovesStableAndSurvivesARestart()
    {
        var order = new PromotionRequest(2, "steward", "best on speech");
        var moved = await _client.PromoteAsync(ClientSilo.Federation, order, CancellationToken.None);
        await _silo.StopAsync();
        await _silo.StartAgainAsync();

        var again = await _client.PromoteAsync(ClientSilo.Federation, order, CancellationToken.None);

        Assert.Equal(2, moved.Version!.Number);
        Assert.Equal(moved.Move!.ManifestSha256, again.Move!.ManifestSha256);
        var channels = await _client.ChannelsAsync(ClientSilo.Federation, CancellationToken.None);
        Assert.Equal(["candidate 4", "stable 2"], channels.Select(channel => $"{channel.Name} {channel.Version!.Number}"));
        var manifest = await VerifiedAsync(again.Move.ManifestSha256);
        Assert.Equal(("promote", "steward", "best on speech"), (manifest.Kind, manifest.By, manifest.Reason));
        Assert.Equal([moved.Version.ManifestSha256], manifest.Parents);
    }

    [Fact]
    public async Task RollBack_BehindWhatWasPromoted_MovesStableToWhatWasRestored()
    {
        await _client.PromoteAsync(
            ClientSilo.Federation, new PromotionRequest(3, "steward", "best"), CancellationToken.None);

        var view = await _client.RollBackAsync(
            ClientSilo.Federation, new RollbackRequest(2, "steward", "wrong labels"), CancellationToken.None);

        var restored = await Versions.FindAsync(_client, ClientSilo.Federation, "global", 2, CancellationToken.None);
        Assert.Equal((5, restored.ModelSha256), (view.Version, view.ModelSha256));
        // The registry, which has the channels, is told when the version is there.
        ChannelView stable;
        do
            stable = (await _client.ChannelsAsync(ClientSilo.Federation, CancellationToken.None))[1];
        while (stable.Version is not { Number: >= 5 });
        Assert.Equal(5, stable.Version.Number);
        Assert.Equal("rollback", (await VerifiedAsync(stable.Move!.ManifestSha256)).Kind);
        var refused = await Assert.ThrowsAsync<ProtocolException>(() => _client.PromoteAsync(
            ClientSilo.Federation, new PromotionRequest(3, "steward", "again"), CancellationToken.None));
        Assert.Equal("versionWithdrawn", refused.Code);
    }

    [Fact]
    public async Task EveryManifest_OfEveryTier_IsSignedByTheFederation()
    {
        foreach (var tier in new[] { "global", "h264", "av1" })
        {
            var versions = await _client.VersionsAsync(ClientSilo.Federation, tier, 100, CancellationToken.None);
            Assert.NotEmpty(versions);
            foreach (var version in versions)
                Assert.Equal(version.Number, (await VerifiedAsync(version.ManifestSha256)).Number);
        }
    }

    [Theory]
    [InlineData("", "why")]
    [InlineData("steward", " ")]
    [InlineData("steward", "two\nlines")]
    public async Task RollBack_WithoutANameOrAReason_IsRefused(string by, string reason)
    {
        var refused = await Assert.ThrowsAsync<ProtocolException>(() => _client.RollBackAsync(
            ClientSilo.Federation, new RollbackRequest(2, by, reason), CancellationToken.None));

        Assert.Equal("invalidRequest", refused.Code);
    }

    [Theory]
    [InlineData(ExitCode.Success, "versions")]
    [InlineData(ExitCode.Success, "status")]
    [InlineData(ExitCode.Success, "status", "--json")]
    [InlineData(ExitCode.Success, "show", "2")]
    [InlineData(ExitCode.Success, "diff", "1", "3")]
    [InlineData(ExitCode.Success, "promote", "2", "--reason", "best")]
    [InlineData(ExitCode.Success, "rollback", "2", "--reason", "wrong labels")]
    [InlineData(ExitCode.Refused, "show", "77")]
    [InlineData(ExitCode.Refused, "promote", "77", "--reason", "best")]
    [InlineData(ExitCode.Refused, "rollback", "4", "--reason", "it is the current one")]
    [InlineData(ExitCode.Success, "deadline", "--tier", "cluster", "--seconds", "60", "--reason", "a house is away")]
    [InlineData(ExitCode.Refused, "deadline", "--tier", "global", "--seconds", "-1", "--reason", "a house is away")]
    [InlineData(ExitCode.Usage, "deadline", "--tier", "h264", "--seconds", "60", "--reason", "a house is away")]
    [InlineData(ExitCode.Success, "suspend", "b", "--reason", "wrong labels")]
    [InlineData(ExitCode.Success, "resume", "b", "--reason", "corrected")]
    [InlineData(ExitCode.Refused, "suspend", "nobody", "--reason", "wrong labels")]
    [InlineData(ExitCode.Success, "reset-key", "a", "--reason", "disk lost")]
    [InlineData(ExitCode.Refused, "reset-key", "nobody", "--reason", "disk lost")]
    [InlineData(ExitCode.Usage, "reset-key", "a")]
    [InlineData(ExitCode.Usage, "rollback", "2")]
    [InlineData(ExitCode.Usage, "versions", "--limit", "0")]
    public async Task Command_EndsWithItsCode(int code, params string[] arguments) => Assert.Equal(
        code,
        await CommandLine.RunAsync(
            ["admin", .. arguments, "--server", _silo.Address.ToString(), "--federation", ClientSilo.Federation]));

    [Fact]
    public async Task ResetKey_SurvivesARestart_WithWhoAndWhy()
    {
        var order = new StewardOrder("steward", "disk lost");
        await _client.ResetKeyAsync(ClientSilo.Federation, "a", order, CancellationToken.None);
        await _silo.StopAsync();
        await _silo.StartAgainAsync();

        var key = await _client.KeyAsync(ClientSilo.Federation, "a", CancellationToken.None);

        Assert.Null(key.PublicKey);
        var reset = Assert.Single(key.Resets);
        Assert.Equal(("steward", "disk lost"), (reset.By, reset.Reason));
    }

    [Fact]
    public async Task SetDeadline_SurvivesARestart_WithWhoAndWhy()
    {
        var order = new DeadlineOrder(60, "steward", "a house is away");
        await _client.SetDeadlineAsync(
            ClientSilo.Federation, DeadlineTier.Cluster, order, CancellationToken.None);
        await _silo.StopAsync();
        await _silo.StartAgainAsync();

        var found = await _client.DeadlinesAsync(ClientSilo.Federation, CancellationToken.None);

        Assert.Equal((60, 0), (found.ClusterSeconds, found.GlobalSeconds));
        var change = Assert.Single(found.Changes);
        Assert.Equal(("steward", "a house is away"), (change.By, change.Reason));
    }

    [Fact]
    public async Task Suspend_SurvivesARestart_WithWhoAndWhy()
    {
        var order = new StewardOrder("steward", "wrong labels");
        await _client.SuspendAsync(ClientSilo.Federation, "b", order, CancellationToken.None);
        await _silo.StopAsync();
        await _silo.StartAgainAsync();

        var known = await _client.SuspensionsAsync(ClientSilo.Federation, "h264", CancellationToken.None);

        var suspension = Assert.Single(known.Suspended);
        Assert.Equal(("b", "steward", "wrong labels"), (suspension.Participant, suspension.By, suspension.Reason));
    }

    private async Task<VersionManifest> VerifiedAsync(string sha256)
    {
        var description = await _client.DescribeAsync(ClientSilo.Federation, CancellationToken.None);
        using var key = Signatures.ImportPublicKey(description.PublicKey);
        var manifest = await _client.ManifestAsync(ClientSilo.Federation, sha256, CancellationToken.None);
        Assert.True(manifest.IsSignedBy(key));
        return manifest.Manifest;
    }
}
