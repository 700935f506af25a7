using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;

namespace Fed.Tests.Silo;

/// <summary>What a page needs to know beside the versions: all federations, and who contributed when.</summary>
public sealed class OverviewTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    [Fact]
    public async Task Overview_OfSeveralFederations_HasOneLineForEachByName()
    {
        var first = await shared.CreateAsync(settings => settings["targetVersions"] = 7);
        var second = await shared.CreateAsync();

        var all = await OverviewAsync("");

        Assert.Equal(all.Select(one => one.Name).Order(StringComparer.Ordinal), all.Select(one => one.Name));
        Assert.Contains(second.Name, all.Select(one => one.Name));
        Assert.Equal(
            new FederationSummary(
                first.Name,
                "media-qc",
                FederationMode.Async,
                FederationState.Running,
                Version: 0,
                TargetVersions: 7,
                Clusters: 2,
                Participants: 3),
            all.Single(one => one.Name == first.Name));
        Assert.Equal(all[..1], await OverviewAsync("?limit=1"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("many")]
    public async Task Overview_WithALimitOutOfBounds_IsRefused(string limit)
    {
        using var answer = await shared.Silo.Client.GetAsync($"/v1/overview?limit={limit}");

        var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidRequest");
        Assert.Contains("1 to 1000", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_OfAContributionInTheBuffer_SaysWhoseAndWhen()
    {
        var federation = await shared.CreateAsync(settings => settings["clusterTier"]!["goal"] = 2);
        using var participant = await federation.EnrolAsync();
        Assert.All((await StatusAsync(federation)).Participants, one => Assert.Null(one.LastContribution));

        using var sent = await participant.SendAsync(1, TestParticipant.Update(federation.InitialModel));
        var receipt = await sent.Content.ReadFromJsonAsync<Receipt>(FedJson.Options);

        var status = await StatusAsync(federation);
        Assert.Equal(
            [("a", true, receipt!.AcceptedAt), ("b", false, null), ("c", false, null)],
            status.Participants.Select(one => (one.Name, one.Buffered, one.LastContribution)));
        Assert.Equal(receipt.AcceptedAt, status.Clusters[0].Waiting.OldestAt);
        Assert.Null(status.Clusters[0].HeldSince);
        Assert.NotNull(status.Global.CommittedAt);
        Assert.All(status.Clusters, cluster => Assert.NotNull(cluster.CommittedAt));
    }

    [Fact]
    public async Task Status_OfAClusterThatWaitsForTheGlobalTier_SaysSinceWhen()
    {
        var federation = await shared.CreateAsync(settings =>
        {
            settings["mode"] = "sync";
            settings["clusterTier"]!["goal"] = 1;
        });
        using var participant = await federation.EnrolAsync("c", "av1");
        using var events = new StatusReader(await shared.Silo.Client.GetStreamAsync($"{federation.Url}/status/events"));

        (await participant.SendAsync(1, TestParticipant.Update(federation.InitialModel))).EnsureSuccessStatusCode();

        FederationStatus? status;
        do
            status = JsonSerializer.Deserialize<FederationStatus>((await events.NextAsync("status"))!, FedJson.Options);
        while (status!.Clusters[1].HeldSince is null);
        Assert.True(status.Clusters[1].HeldSince >= status.Participants[2].LastContribution);
        Assert.Empty(status.Clusters[1].Waiting.Names);
        Assert.False(status.Participants[2].Buffered);
    }

    private async Task<FederationSummary[]> OverviewAsync(string query) =>
        (await shared.Silo.Client.GetFromJsonAsync<FederationSummary[]>($"/v1/overview{query}", FedJson.Options))!;

    private async Task<FederationStatus> StatusAsync(TestFederation federation) =>
        (await federation.Client.GetFromJsonAsync<FederationStatus>($"{federation.Url}/status", FedJson.Options))!;
}
