using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Grains.Persistence;
using Fed.Silo.Storage;
using Microsoft.Extensions.Time.Testing;
using Orleans;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Fed.Tests.Grains;

/// <summary>
/// Actors that have read their state just before the silo that had them, and was declared dead, wrote to it once more.
/// A write of theirs would find that out; but it need not come to one.
/// </summary>
public sealed class OldActivationTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly FaultyStorage _storage = new();
    private TestFederation _federation = null!;

    public async Task InitializeAsync() => _federation = await TestFederation.StartAsync(
        TestSettings.Of(1, "h264") with
        {
            ClusterTier = new TierSettings { Goal = 1 },
            GlobalTier = new TierSettings { Goal = 9 },
        },
        _time,
        configure: silo => silo.Services.AddGrainStorage(StateStore.Name, (_, _) => _storage));

    public async Task DisposeAsync() => await _federation.DisposeAsync();

    /// <summary>It has contributed to a version that the cluster does not know of, and waits for the next one.</summary>
    [Fact]
    public async Task Cluster_OlderThanItsParticipantKnows_LooksAtTheStoreAndGoesOn()
    {
        await ContributeAsync(0);
        await _federation.TaskAsync("p0", task => task.Version == 1);
        // Else it writes by itself.
        while (!$"{_storage.Get("cluster").Single().Value.Json}".Contains("\"Outbox\":[]", StringComparison.Ordinal))
            await Task.Yield();
        var before = _storage.Get("cluster");
        await ContributeAsync(1);
        var now = await _federation.TaskAsync("p0", task => task.Version == 2);
        await ReadAsOf(before, "cluster", _federation.Cluster("h264"));
        Assert.Equal(1, (await _federation.Cluster("h264").GetStatus()).Version);
        Assert.Null(await _federation.NextTaskAsync("p0", TimeSpan.Zero));

        _time.Advance(DurableState<object>.DoubtAfter);

        var task = await _federation.TaskAsync("p0", _ => true);
        Assert.Equal((2, now.ModelSha256), (task.Version, task.ModelSha256));
        Assert.Equal(3, (await ContributeAsync(2)).Sequence);
    }

    /// <summary>Else the participant would be told for good that what it sends does not follow.</summary>
    [Fact]
    public async Task Participant_OlderThanItsLastReceipt_IsNotRefusedForIt()
    {
        await ContributeAsync(0);
        await _federation.TaskAsync("p0", task => task.Version == 1);
        var before = _storage.Get("participant");
        await ContributeAsync(1);
        await _federation.TaskAsync("p0", task => task.Version == 2);
        await _federation.Silo.DeactivateAsync(_federation.Cluster("h264"));
        await ReadAsOf(before, "participant", _federation.Participant("p0"));
        Assert.Equal(1, (await _federation.Participant("p0").GetWatermark()).Sequence);
        var offer = await _federation.OfferAsync(
            "p0", seed: 3, baseModel: (await _federation.Cluster("h264").GetView("observer")).ModelSha256);

        // Unknown is what was asked of an actor that ends: whoever sends, sends it again.
        await Assert.ThrowsAsync<InconsistentStateException>(() => _federation.ContributeAsync(offer));

        Assert.Equal(3, (await _federation.ContributeAsync(offer)).Sequence);
    }

    private async Task<Receipt> ContributeAsync(long version)
    {
        var task = await _federation.TaskAsync("p0", task => task.Version == version);
        return await _federation.SendAsync("p0", seed: (int)version, baseModel: task.ModelSha256);
    }

    /// <summary>Ends the activation; the next one reads what was stored before, and then that is overwritten.</summary>
    private async Task ReadAsOf(
        IReadOnlyList<KeyValuePair<(string State, GrainId Actor), (BinaryData Json, string ETag)>> before,
        string state,
        IAddressable actor)
    {
        var newest = _storage.Get(state);
        await _federation.Silo.DeactivateAsync(actor);
        _storage.Put(before);
        if (actor is IParticipantGrain participant)
            await participant.GetWatermark();
        else
            await _federation.Cluster("h264").GetStatus();
        _storage.Put(newest);
    }
}
