using System.Net;
using System.Net.Http.Json;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Versions;
using Fed.Tests.Silo.Storage;

namespace Fed.Tests.Silo;

/// <summary>Storage that goes away under a silo and comes back: refused or waited for, never half-written.</summary>
public sealed class StorageOutageTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-outage-").FullName;
    private TestSilo _silo = null!;
    private TestFederation _federation = null!;

    public async Task InitializeAsync()
    {
        _silo = await TestSilo.StartAsync(_folder);
        var settings = TestSilo.Settings();
        settings["globalTier"]!["goal"] = 1;
        _federation = await TestFederation.CreateAsync(_silo, settings);
    }

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(OutageKind.Blobs)]
    [InlineData(OutageKind.StateFile)]
    [InlineData(OutageKind.StateWrites)]
    public async Task Upload_WhileStorageIsAway_Is503AndCountsOnceAfterwards(OutageKind kind)
    {
        using var participant = await _federation.EnrolAsync();
        var update = TestParticipant.Update(_federation.InitialModel);
        var outage = new Outage(_folder, kind);

        for (var i = 0; i < 3; i++)
        {
            using var refused = await participant.SendAsync(1, update);
            await ShouldBeAway(refused);
        }

        outage.End();
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "blobs", "tmp")));
        using var accepted = await participant.SendAsync(1, update);
        using var again = await participant.SendAsync(1, update);
        Assert.True(accepted.IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(await accepted.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        // Nobody asks for it: what was to be folded is folded, and told to who waits.
        await VersionAsync(participant, 1);
        Assert.Equal(1, (await StatusAsync()).Clusters.Sum(tier => tier.Accepted));
    }

    [Fact]
    public async Task Requests_WhileBlobsAreAway_AreWorthARetry()
    {
        using var participant = await _federation.EnrolAsync();
        await ContributeAsync(participant, 1);
        await ContributeAsync(participant, 2);
        var newest = await VersionAsync(participant, 2);
        var outage = new Outage(_folder, OutageKind.Blobs);

        // Not 404: an agent would take that for the last word.
        await ShouldBeAway(await _silo.Client.GetAsync($"{_federation.Url}/models/{newest.ModelSha256}"));
        await ShouldBeAway(await CreateOtherAsync(seed: 1));
        await ShouldBeAway(await PromoteAsync(1));
        await ShouldBeAway(await RollBackAsync(1));

        outage.End();
        Assert.Equal(HttpStatusCode.OK, (await PromoteAsync(1)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await RollBackAsync(1)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await CreateOtherAsync(seed: 1)).StatusCode);
        Assert.Equal(
            HttpStatusCode.OK,
            (await _silo.Client.GetAsync($"{_federation.Url}/models/{newest.ModelSha256}")).StatusCode);
    }

    [Theory]
    [InlineData(OutageKind.StateFile)]
    [InlineData(OutageKind.StateWrites)]
    public async Task Requests_WhileStateIsAway_AreWorthARetry(OutageKind kind)
    {
        using var participant = await _federation.EnrolAsync();
        await ContributeAsync(participant, 1);
        var newest = await VersionAsync(participant, 1);
        using var other = new TestParticipant(_federation, "b");
        var outage = new Outage(_folder, kind);

        await ShouldBeAway(await other.EnrolAsync());
        await ShouldBeAway(await CreateOtherAsync(seed: 1));
        await ShouldBeAway(await PromoteAsync(1));
        await ShouldBeAway(await EvaluateAsync(participant, newest));

        outage.End();
        Assert.Equal(HttpStatusCode.OK, (await other.EnrolAsync()).StatusCode);
        // Nothing of the first attempt stays: another one may have other settings.
        Assert.Equal(HttpStatusCode.Created, (await CreateOtherAsync(seed: 2)).StatusCode);
        Assert.Equal(["codecs", "other"], await _silo.ListAsync());
        Assert.Equal(HttpStatusCode.OK, (await PromoteAsync(1)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await EvaluateAsync(participant, newest)).StatusCode);
    }

    [Fact]
    public async Task RollBack_WhoseStateCannotBeWritten_IsDoneOnceHoweverOftenItIsOrdered()
    {
        using var participant = await _federation.EnrolAsync();
        await ContributeAsync(participant, 1);
        await ContributeAsync(participant, 2);
        await VersionAsync(participant, 2);
        var outage = new Outage(_folder, OutageKind.StateWrites, only: "NEW.state = 'global'");

        await ShouldBeAway(await RollBackAsync(1));
        await ShouldBeAway(await RollBackAsync(1));

        outage.End();
        Assert.Equal(HttpStatusCode.OK, (await RollBackAsync(1)).StatusCode);
        await VersionAsync(participant, 3);
        Assert.Equal(
            [(3L, "rollback"), (2L, "fold"), (1L, "fold"), (0L, "initial")],
            (await VersionsAsync()).Select(version => (version.Number, version.Kind)));
    }

    [Fact]
    public async Task Poll_ThatWaitsThroughAnOutage_WakesForTheVersionThatCouldNotBeWritten()
    {
        var settings = TestSilo.Settings("pairs");
        settings["clusterTier"]!["goal"] = 2;
        var pairs = await TestFederation.CreateAsync(_silo, settings);
        using var first = await pairs.EnrolAsync("a");
        using var second = await pairs.EnrolAsync("b");
        (await first.SendAsync(1, TestParticipant.Update(pairs.InitialModel))).EnsureSuccessStatusCode();
        var enrolled = await LastSeenAsync(pairs);
        var poll = _silo.Client.GetAsync($"{first.Path}/task?wait=25");
        while (await LastSeenAsync(pairs) == enrolled)
            await Task.Yield();
        var outage = new Outage(
            _folder,
            OutageKind.StateWrites,
            only: """NEW.state = 'cluster' AND CAST(NEW.json AS TEXT) LIKE '{"Version":1,%'""");

        // The contributions are written; the version that they make is not, and nobody may train on it.
        (await second.SendAsync(1, TestParticipant.Update(pairs.InitialModel, 0.5f))).EnsureSuccessStatusCode();
        using (var meanwhile = await _silo.Client.GetAsync($"{second.Path}/task?wait=2"))
        {
            // Who asks at the moment when the write fails is told so.
            if (meanwhile.StatusCode != HttpStatusCode.NoContent)
                await ShouldBeAway(meanwhile);
        }

        outage.End();
        var woken = await poll;
        while (woken.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            await ShouldBeAway(woken);
            woken = await _silo.Client.GetAsync($"{first.Path}/task?wait=25");
        }

        var task = await woken.Content.ReadFromJsonAsync<ParticipantTask>(FedJson.Options);
        Assert.Equal((TaskKind.Train, 1), (task!.Kind, task.Version));
    }

    private static async Task ShouldBeAway(HttpResponseMessage answer)
    {
        using (answer)
        {
            var problem = await answer.ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "storageUnavailable");
            Assert.Contains("operator", (string?)problem["remedy"], StringComparison.Ordinal);
            Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        }
    }

    private async Task ContributeAsync(TestParticipant participant, long version)
    {
        var task = await VersionAsync(participant, version - 1);
        var update = TestParticipant.Update(task.ModelSha256!, 0.25f * version);
        using var answer = await participant.SendAsync(version, update);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    /// <summary>The participant's task once there is a global version, recorded; questions wait by signal.</summary>
    private async Task<ParticipantTask> VersionAsync(TestParticipant participant, long global)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var answer = await _silo.Client.GetAsync($"{participant.Path}/task?wait=5", limit.Token);
            if (answer.StatusCode != HttpStatusCode.OK)
                continue;
            var task = await answer.Content.ReadFromJsonAsync<ParticipantTask>(FedJson.Options, limit.Token);
            if ((await VersionsAsync())[0].Number >= global && task!.Version >= global)
                return task;
        }
    }

    /// <summary>Of the global tier, the newest first.</summary>
    private async Task<VersionRecord[]> VersionsAsync() => (await _silo.Client.GetFromJsonAsync<VersionRecord[]>(
        $"{_federation.Url}/versions?tier=global&limit=10", FedJson.Options))!;

    private async Task<FederationStatus> StatusAsync() =>
        (await _silo.Client.GetFromJsonAsync<FederationStatus>($"{_federation.Url}/status", FedJson.Options))!;

    /// <summary>When the actors last heard of a.</summary>
    private async Task<DateTimeOffset?> LastSeenAsync(TestFederation federation)
    {
        var status = await _silo.Client.GetFromJsonAsync<FederationStatus>($"{federation.Url}/status", FedJson.Options);
        return status!.Participants.Single(participant => participant.Name == "a").LastSeen;
    }

    private Task<HttpResponseMessage> CreateOtherAsync(int seed)
    {
        var settings = TestSilo.Settings("other");
        settings["seed"] = seed;
        return _silo.PutSettingsAsync(settings, "other");
    }

    private Task<HttpResponseMessage> PromoteAsync(long version) => _silo.Client.PutAsJsonAsync(
        $"{_federation.Url}/channels/stable", new PromotionRequest(version, "steward", "good"), FedJson.Options);

    private Task<HttpResponseMessage> RollBackAsync(long version) => _silo.Client.PostAsJsonAsync(
        $"{_federation.Url}/rollback", new RollbackRequest(version, "steward", "wrong labels"), FedJson.Options);

    private Task<HttpResponseMessage> EvaluateAsync(TestParticipant participant, ParticipantTask task) =>
        participant.EvaluateAsync(
            new EvaluationReport(task.Version, task.ModelSha256!, Examples: 10, Correct: 5, Loss: 1));
}
