using Fed.Contracts.Federations;
using Microsoft.Extensions.Time.Testing;

namespace Fed.Tests.Grains;

/// <summary>Semi-synchronous buffers: a quorum is enough once the deadline has passed.</summary>
public sealed class BufferDeadlineTests
{
    [Fact]
    public async Task Buffer_AtItsDeadlineWithAQuorum_Closes()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(3, "h264") with
            {
                ClusterTier = new TierSettings { Goal = 3, Quorum = 2, DeadlineSeconds = 10 },
                GlobalTier = new TierSettings { Goal = 100 },
            },
            time);
        await federation.SendAsync("p0", seed: 1);
        await federation.SendAsync("p1", seed: 2);
        var before = await federation.Cluster("h264").GetView("p2");

        var change = federation.WaitForChangeAsync("h264", before.Revision, TimeSpan.FromMinutes(10));
        // Less than a call's time-out, which runs on the same clock.
        time.Advance(TimeSpan.FromSeconds(11));
        await change;

        Assert.Equal(0, before.Version);
        Assert.Equal(1, (await federation.Cluster("h264").GetView("p2")).Version);
    }
}
