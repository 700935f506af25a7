using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Silo.Gateway;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans;
using Orleans.Hosting;

namespace Fed.Tests.Grains;

/// <summary>Waits that would last an hour, on real actors, and what ends them earlier.</summary>
public sealed class LongPollsTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private static readonly FederationSettings s_alone =
        TestSettings.Of(2, "h264") with { ClusterTier = new TierSettings { Goal = 1 } };

    private readonly FakeTimeProvider _actors = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly FakeTimeProvider _gateway = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly CallCounter _calls = new();

    [Fact]
    public async Task Wait_EndsWithAChange()
    {
        await using var federation = await StartAsync();
        using var polls = Open(federation);
        var wait = await WaitingAsync(federation, polls);

        await federation.SendAsync("p0", seed: 1);

        await wait;
    }

    [Fact]
    public async Task Wait_ForWhatHasChangedBefore_EndsAtOnce()
    {
        await using var federation = await StartAsync();
        using var polls = Open(federation);
        var known = (await federation.Cluster("h264").GetView("p0")).Revision;

        await polls.WaitForChangeAsync(federation.Settings.Name, "h264", known - 1, s_hour, CancellationToken.None);
    }

    [Fact]
    public async Task Wait_WhenTheMessageIsLost_EndsWithTheNextLook()
    {
        await using var federation = await StartAsync();
        using var polls = Open(federation);
        var wait = await WaitingAsync(federation, polls);
        // By its own clock the cluster has not heard of the gateway for too long, so it tells it nothing.
        _actors.Advance(TimeSpan.FromMinutes(2));
        await federation.SendAsync("p0", seed: 1);
        await federation.GlobalAsync(1);
        Assert.False(wait.IsCompleted);

        _gateway.Advance(ClusterWatch.LookAgain);

        await wait;
    }

    [Fact]
    public async Task Wait_WhoseAnswerIsOvertakenByTheChange_Ends()
    {
        await using var federation = await StartAsync();
        var known = (await federation.Cluster("h264").GetView("p0")).Revision;
        using var watch = new ClusterWatch(
            GrainKeys.Within(federation.Settings.Name, "h264"), federation.Silo.Grains, _gateway, NullLogger.Instance);
        var answers = _calls.Hold();
        var wait = watch.WaitAsync(known, s_hour, CancellationToken.None);
        await _calls.Watched;

        await watch.Changed(known + 1);
        answers.SetResult();

        await wait;
    }

    [Fact]
    public async Task Wait_WhenTheActivationEnds_Ends()
    {
        await using var federation = await StartAsync();
        using var polls = Open(federation);
        var wait = await WaitingAsync(federation, polls);

        await federation.Silo.DeactivateAsync(federation.Cluster("h264"));

        await wait;
    }

    [Fact]
    public async Task Wait_EndsWhenItsCallerGoes()
    {
        await using var federation = await StartAsync();
        using var polls = Open(federation);
        using var caller = new CancellationTokenSource();
        var wait = await WaitingAsync(federation, polls, caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task NextTask_WhileAThousandWait_StandsInNoCallAndTheClusterIsAskedOnce()
    {
        await using var federation = await StartAsync();
        using var polls = Open(federation);
        var first = await WaitingAsync(federation, polls);
        var known = (await federation.Cluster("h264").GetView("p0")).Revision;
        var others = Enumerable.Range(0, 1000)
            .Select(_ => polls.WaitForChangeAsync(
                federation.Settings.Name, "h264", known, s_hour, CancellationToken.None))
            .ToArray();

        Assert.DoesNotContain(others, other => other.IsCompleted);
        Assert.Equal(1, _calls.Watches);

        await federation.SendAsync("p0", seed: 1);
        await first;
        await Task.WhenAll(others);
    }

    /// <summary>Returns once the cluster knows of the gateway: from then on the wait stands.</summary>
    private async Task<Task> WaitingAsync(
        TestFederation federation, LongPolls polls, CancellationToken cancellationToken = default)
    {
        var known = (await federation.Cluster("h264").GetView("p0")).Revision;
        var wait = polls.WaitForChangeAsync(federation.Settings.Name, "h264", known, s_hour, cancellationToken);
        await _calls.Watched;
        Assert.False(wait.IsCompleted);
        return wait;
    }

    private Task<TestFederation> StartAsync() => TestFederation.StartAsync(
        s_alone, _actors, configure: silo => silo.AddIncomingGrainCallFilter(_calls));

    private LongPolls Open(TestFederation federation) =>
        new(federation.Silo.Grains, _gateway, NullLogger<LongPolls>.Instance);

    private sealed class CallCounter : IIncomingGrainCallFilter
    {
        private readonly TaskCompletionSource _watched = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Task _answers = Task.CompletedTask;
        private int _watches;

        public int Watches => _watches;

        public Task Watched => _watched.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            await context.Invoke();
            if (context.MethodName != nameof(IClusterAggregatorGrain.Watch))
                return;
            Interlocked.Increment(ref _watches);
            _watched.TrySetResult();
            await _answers;
        }

        /// <summary>Answers are given from when the result is set on.</summary>
        public TaskCompletionSource Hold()
        {
            var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _answers = answers.Task;
            return answers;
        }
    }
}
