using Fed.Cli;
using Fed.Cli.Admin;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Keys;
using Fed.Contracts.Versions;

namespace Fed.Tests.Client;

/// <summary>What stewards order, each against a silo of its own.</summary>
public sealed class AdminTests : IAsyncLifetime
{
    private readonly TrainedSilo _trained = new();

    private ClientSilo Silo => _trained.Silo;

    private FederationClient Client => _trained.Client;

    public Task InitializeAsync() => _trained.InitializeAsync();

    public Task DisposeAsync() => _trained.DisposeAsync();

    [Fact]
    public async Task Promote_AVersion_MovesStableAndSurvivesARestart()
    {
        var order = new PromotionRequest(2, "steward", "best on speech");
        var moved = await Client.PromoteAsync(ClientSilo.Federation, order, CancellationToken.None);
        await Silo.StopAsync();
        await Silo.StartAgainAsync();

        var again = await Client.PromoteAsync(ClientSilo.Federation, order, CancellationToken.None);

        Assert.Equal(2, moved.Version!.Number);
        Assert.Equal(moved.Move!.ManifestSha256, again.Move!.ManifestSha256);
        var channels = await Client.ChannelsAsync(ClientSilo.Federation, CancellationToken.None);
        Assert.Equal(["candidate 4", "stable 2"], channels.Select(channel => $"{channel.Name} {channel.Version!.Number}"));
        var manifest = await _trained.VerifiedAsync(again.Move.ManifestSha256);
        Assert.Equal(("promote", "steward", "best on speech"), (manifest.Kind, manifest.By, manifest.Reason));
        Assert.Equal([moved.Version.ManifestSha256], manifest.Parents);
    }

    [Fact]
    public async Task RollBack_BehindWhatWasPromoted_MovesStableToWhatWasRestored()
    {
        await Client.PromoteAsync(
            ClientSilo.Federation, new PromotionRequest(3, "steward", "best"), CancellationToken.None);

        var view = await Client.RollBackAsync(
            ClientSilo.Federation, new RollbackRequest(2, "steward", "wrong labels"), CancellationToken.None);

        var restored = await Versions.FindAsync(Client, ClientSilo.Federation, "global", 2, CancellationToken.None);
        Assert.Equal((5, restored.ModelSha256), (view.Version, view.ModelSha256));
        // The registry, which has the channels, is told when the version is there.
        ChannelView stable;
        do
            stable = (await Client.ChannelsAsync(ClientSilo.Federation, CancellationToken.None))[1];
        while (stable.Version is not { Number: >= 5 });
        Assert.Equal(5, stable.Version.Number);
        Assert.Equal("rollback", (await _trained.VerifiedAsync(stable.Move!.ManifestSha256)).Kind);
        var refused = await Assert.ThrowsAsync<ProtocolException>(() => Client.PromoteAsync(
            ClientSilo.Federation, new PromotionRequest(3, "steward", "again"), CancellationToken.None));
        Assert.Equal("versionWithdrawn", refused.Code);
    }

    [Fact]
    public async Task RollBackCommand_ToAnEarlierVersion_EndsWithSuccess() =>
        Assert.Equal(ExitCode.Success, await _trained.AdminAsync("rollback", "2", "--reason", "wrong labels"));

    [Fact]
    public async Task ResetKey_SurvivesARestart_WithWhoAndWhy()
    {
        var order = new StewardOrder("steward", "disk lost");
        await Client.ResetKeyAsync(ClientSilo.Federation, "a", order, CancellationToken.None);
        await Silo.StopAsync();
        await Silo.StartAgainAsync();

        var key = await Client.KeyAsync(ClientSilo.Federation, "a", CancellationToken.None);

        Assert.Null(key.PublicKey);
        var reset = Assert.Single(key.Resets);
        Assert.Equal(("steward", "disk lost"), (reset.By, reset.Reason));
    }

    [Fact]
    public async Task SetDeadline_SurvivesARestart_WithWhoAndWhy()
    {
        var order = new DeadlineOrder(60, "steward", "a house is away");
        await Client.SetDeadlineAsync(
            ClientSilo.Federation, DeadlineTier.Cluster, order, CancellationToken.None);
        await Silo.StopAsync();
        await Silo.StartAgainAsync();

        var found = await Client.DeadlinesAsync(ClientSilo.Federation, CancellationToken.None);

        Assert.Equal((60, 0), (found.ClusterSeconds, found.GlobalSeconds));
        var change = Assert.Single(found.Changes);
        Assert.Equal(("steward", "a house is away"), (change.By, change.Reason));
    }

    [Fact]
    public async Task Suspend_SurvivesARestart_WithWhoAndWhy()
    {
        var order = new StewardOrder("steward", "wrong labels");
        await Client.SuspendAsync(ClientSilo.Federation, "b", order, CancellationToken.None);
        await Silo.StopAsync();
        await Silo.StartAgainAsync();

        var known = await Client.SuspensionsAsync(ClientSilo.Federation, "h264", CancellationToken.None);

        var suspension = Assert.Single(known.Suspended);
        Assert.Equal(("b", "steward", "wrong labels"), (suspension.Participant, suspension.By, suspension.Reason));
    }
}
