using System.Text.Json;
using Fed.Contracts;
using Fed.Contracts.Federations;

namespace Fed.Tests.Silo;

public sealed class StatusEventTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    [Fact]
    public async Task Events_WhenAnUpdateIsAccepted_ShowIt()
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        using var events = new StatusReader(await shared.Silo.Client.GetStreamAsync($"{federation.Url}/status/events"));
        Assert.Equal(0, Accepted((await events.NextAsync("status"))!));

        var body = TestParticipant.Update(federation.InitialModel);
        (await participant.SendAsync(1, body)).EnsureSuccessStatusCode();

        string? status;
        do
            status = await events.NextAsync("status");
        while (status is not null && Accepted(status) == 0);
        Assert.Equal(1, Accepted(status!));
    }

    [Fact]
    public async Task Events_WhenNothingHappens_BeatAllTheSame()
    {
        var federation = await shared.CreateAsync();
        using var events = new StatusReader(await shared.Silo.Client.GetStreamAsync($"{federation.Url}/status/events"));

        Assert.NotNull(await events.NextAsync("beat"));
    }

    [Fact]
    public async Task Events_WhenTheSiloStops_End()
    {
        await using var silo = await TestSilo.StartAsync();
        var federation = await TestFederation.CreateAsync(silo, TestSilo.Settings());
        using var events = new StatusReader(await silo.Client.GetStreamAsync($"{federation.Url}/status/events"));
        await events.NextAsync("status");

        await silo.Host.StopAsync(CancellationToken.None);

        Assert.Null(await events.NextAsync("never"));
    }

    [Fact]
    public async Task Events_ToSeveralSpectators_AreTheSame()
    {
        var federation = await shared.CreateAsync();
        using var first = new StatusReader(await shared.Silo.Client.GetStreamAsync($"{federation.Url}/status/events"));
        using var second = new StatusReader(await shared.Silo.Client.GetStreamAsync($"{federation.Url}/status/events"));

        Assert.Equal(await first.NextAsync("status"), await second.NextAsync("status"));
        // One leaves; the other goes on.
        first.Dispose();
        Assert.NotNull(await second.NextAsync("beat"));
    }

    private static long Accepted(string json) =>
        JsonSerializer.Deserialize<FederationStatus>(json, FedJson.Options)!.Clusters.Sum(cluster => cluster.Accepted);
}
