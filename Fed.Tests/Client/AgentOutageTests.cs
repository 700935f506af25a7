using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Tests.Silo.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Fed.Tests.Client;

/// <summary>The agent against a real silo whose storage is away for half a minute of the agent's clock.</summary>
public sealed class AgentOutageTests
{
    private static readonly TimeSpan s_away = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(OutageKind.Blobs)]
    [InlineData(OutageKind.StateFile)]
    [InlineData(OutageKind.StateWrites)]
    public async Task Agent_WhileStorageIsAwayForHalfAMinute_WaitsAndItsContributionCountsOnce(OutageKind kind)
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 3));
        var clock = new PassingTime(TimeProvider.System.GetUtcNow());
        DateTimeOffset? over = null;
        Outage? outage = null;
        using var agent = new AgentHarness("a", "h264", clock)
        {
            OnEvent = line =>
            {
                switch (line.Event)
                {
                    // Its first update is on its own disk, and not sent.
                    case AgentEventKind.Trained when outage is null:
                        outage = new Outage(silo.Folder, kind);
                        over = clock.GetUtcNow() + s_away;
                        break;
                    case AgentEventKind.Retrying:
                        var wait = TimeSpan.FromSeconds(line.Seconds!.Value + 0.01);
                        clock.PassOnce(wait);
                        if (clock.GetUtcNow() + wait >= over)
                        {
                            outage!.End();
                            over = null;
                        }

                        break;
                }
            },
        };

        await agent.RunAsync(silo.Address);

        var retries = agent.Events.Where(line => line.Event == AgentEventKind.Retrying).ToArray();
        Assert.True(retries.Length >= 3, $"{retries.Length} retries");
        Assert.All(retries, line => Assert.Equal("storageUnavailable", line.Code));
        var asked = new Fed.Silo.Hosting.SiloTimeouts().RetryAfter.TotalSeconds;
        Assert.All(retries, line => Assert.True(line.Seconds >= asked, $"{line.Seconds} s is before Retry-After"));
        // The last one may come too late for a federation that has its versions.
        Assert.DoesNotContain(
            agent.Events, line => line.Event == AgentEventKind.Dropped && line.Code != "federationFinished");
        var accepted = agent.Events.Where(line => line.Event == AgentEventKind.Accepted)
            .Select(line => line.Sequence!.Value).ToArray();
        Assert.Equal(Enumerable.Range(1, accepted.Length).Select(number => (long)number), accepted);
        using var client = new FederationClient(silo.Address);
        var status = await client.StatusAsync(ClientSilo.Federation, CancellationToken.None);
        Assert.Equal(accepted.Length, status.Clusters.Sum(tier => tier.Accepted));
        Assert.Equal(AgentEventKind.Finished, agent.Events.Last().Event);
    }

    /// <summary>A wait that was told of passes as soon as it has begun.</summary>
    private sealed class PassingTime(DateTimeOffset start) : FakeTimeProvider(start)
    {
        private TimeSpan _wait;

        public void PassOnce(TimeSpan wait) => _wait = wait;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            var wait = _wait;
            _wait = TimeSpan.Zero;
            Advance(wait);
            return timer;
        }
    }
}
