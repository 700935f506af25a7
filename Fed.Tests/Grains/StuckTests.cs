using System.Collections.Concurrent;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Contracts.Versions;
using Fed.Grains.Persistence;
using Fed.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;

namespace Fed.Tests.Grains;

/// <summary>
/// Federations whose storage, registry, folds or actors fail them: each goes on by itself afterwards, and loses and
/// doubles nothing.
/// </summary>
public sealed class StuckTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Fold_LongerThanACallMayTake_IsMadeOnceWhileTheClusterAnswers()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        GatedBlobs? blobs = null;
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(2, "h264") with { ClusterTier = new TierSettings { Goal = 1 } },
            time,
            configure: silo => blobs = GatedBlobs.Around(silo));
        var offer = await federation.OfferAsync("p0", seed: 1);
        blobs!.Closed = offer.Sha256;
        await federation.ContributeAsync(offer);
        await blobs.Waiting.WaitAsync(Limit);

        // Ten times what a call may take; its time-out is on the same clock.
        for (var i = 0; i < 10; i++)
            time.Advance(TimeSpan.FromSeconds(30));
        var meanwhile = await federation.SendAsync("p1", seed: 2);
        blobs.Open();
        await federation.TaskAsync("p0", task => task.Version >= 1);

        Assert.Equal((0L, 1), (meanwhile.Staleness, blobs.Asked));
    }

    [Fact]
    public async Task Deadline_OfAnActorThatHasLeftMemory_IsKeptByItsReminder()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(3, "h264") with
            {
                ClusterTier = new TierSettings { Goal = 3, Quorum = 2, DeadlineSeconds = 90 },
                GlobalTier = new TierSettings { Goal = 100 },
            },
            time);
        await federation.SendAsync("p0", seed: 1);
        await federation.SendAsync("p1", seed: 2);
        await federation.Silo.DeactivateAsync(federation.Cluster("h264"));

        // Nobody asks the cluster: the registry hears of its version from it.
        await UntilAsync(async () =>
        {
            // By small steps: the time-outs of calls are on the same clock.
            time.Advance(TimeSpan.FromSeconds(1));
            return (await federation.Registry.GetVersions("h264", 1))[0].Number == 1;
        });
    }

    [Fact]
    public async Task Registry_ThatIsAway_HoldsUpNoVersionAndHearsOfAllAfterwards()
    {
        var away = new Switch();
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(2, "a", "b") with { Mode = FederationMode.Sync },
            configure: silo => silo.AddIncomingGrainCallFilter(call =>
                away.On && call.Grain is IModelRegistryGrain && call.MethodName == nameof(IModelRegistryGrain.Record)
                    ? throw new InvalidOperationException("the test keeps the registry away")
                    : call.Invoke()));
        away.On = true;
        for (var round = 0; round < 3; round++)
        {
            foreach (var participant in (string[])["p0", "p1"])
            {
                var task = await federation.TaskAsync(participant, task => task.Version == round);
                await federation.SendAsync(participant, seed: round, baseModel: task.ModelSha256);
            }
        }

        await federation.GlobalAsync(3);
        away.On = false;

        foreach (var tier in (string[])["a", "b", "global"])
        {
            await UntilAsync(async () =>
                (await federation.Registry.GetVersions(tier, 10)).Select(version => version.Number)
                    .SequenceEqual([3L, 2, 1, 0]));
        }
    }

    /// <summary>Else the stop takes as long as Orleans lets a call wait: half a minute.</summary>
    [Fact]
    public async Task Stop_WhileTheRegistryHearsOfVersions_WaitsForNoActorThatStopsToo()
    {
        var stopping = new StopSignal();
        var held = new ConcurrentQueue<TaskCompletionSource<Exception?>>();
        var arrived = new SemaphoreSlim(0);
        var federation = await TestFederation.StartAsync(
            TestSettings.Of(2, "h264"),
            configure: silo => silo.AddIncomingGrainCallFilter(async call =>
            {
                if (call.MethodName != nameof(IModelRegistryGrain.Record))
                {
                    await call.Invoke();
                    return;
                }

                var end = new TaskCompletionSource<Exception?>();
                held.Enqueue(end);
                arrived.Release();
                await stopping.Task;
                // From now on no actor is made, and so not the registry's pages.
                var run = call.Invoke();
                await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                end.SetResult(run.IsCanceled ? new OperationCanceledException() : run.Exception?.InnerException);
            }));
        federation.Silo.Services.GetRequiredService<ISiloStatusOracle>().SubscribeToSiloStatusEvents(stopping);
        // The first version of the cluster, and that of the global tier.
        await arrived.WaitAsync();
        await arrived.WaitAsync();

        await federation.DisposeAsync();

        foreach (var end in held)
            Assert.IsAssignableFrom<OperationCanceledException>(await end.Task);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Writes_ThatFailBeforeOrAfterTheyTakeEffect_LoseAndDoubleNothing(int seed)
    {
        const int Rounds = 4;
        var storage = new FaultyStorage();
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(4, "a", "b") with { TargetVersions = Rounds, Mode = FederationMode.Sync },
            configure: silo => silo.Services.AddGrainStorage(StateStore.Name, (_, _) => storage));
        var random = new Random(seed);
        var failures = new ConcurrentDictionary<string, int>();
        // Each state a few times, so that the federation comes to its end.
        bool Fails(string state) =>
            random.Next(4) == 0 && failures.AddOrUpdate(state, 1, static (_, count) => count + 1) <= 3;
        storage.FailsBefore = Fails;
        storage.FailsAfter = Fails;

        var receipts = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => TakePartAsync(federation, $"p{i}")));
        storage.FailsBefore = storage.FailsAfter = static _ => false;
        await federation.GlobalAsync(Rounds);

        var counted = await ContributionsAsync(federation);
        Assert.NotEmpty(failures);
        Assert.Equal(counted.Count, counted.Distinct().Count());
        Assert.Equal(
            receipts.SelectMany(list => list).Select(receipt => (receipt.Participant, receipt.Sequence)).Order(),
            counted.Order());
        Assert.Equal(4 * Rounds, counted.Count);
    }

    /// <summary>As an agent does: the same update again until there is a receipt or a refusal that is final.</summary>
    private static async Task<List<Receipt>> TakePartAsync(TestFederation federation, string participant)
    {
        var receipts = new List<Receipt>();
        while (true)
        {
            var task = await AgainAsync(() => federation.TaskAsync(participant, _ => true));
            if (task.Kind != TaskKind.Train)
                return receipts;
            var offer = await federation.OfferAsync(
                participant, seed: receipts.Count, baseModel: task.ModelSha256, sequence: receipts.Count + 1);
            try
            {
                receipts.Add(await AgainAsync(() => federation.ContributeAsync(offer)));
            }
            catch (RefusedException refused) when (refused.Code
                is RefusalCode.AlreadyContributed or RefusalCode.RoundClosed or RefusalCode.TooStale
                or RefusalCode.UnknownBaseVersion)
            {
                // The task was of a version that is over.
            }
        }
    }

    private static async Task<T> AgainAsync<T>(Func<Task<T>> call)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception error) when (error is not RefusedException)
            {
                limit.Token.ThrowIfCancellationRequested();
            }
        }
    }

    private static async Task<List<(string Participant, long Sequence)>> ContributionsAsync(TestFederation federation)
    {
        var counted = new List<(string, long)>();
        foreach (var cluster in federation.Settings.Clusters)
        {
            for (var next = (await federation.Cluster(cluster).GetLedger()).ManifestSha256; next is not null;)
            {
                var manifest = await federation.ManifestAsync(next);
                counted.AddRange(manifest.Contributions.Select(receipt => (receipt.Participant, receipt.Sequence)));
                next = ManifestChain.Previous(manifest);
            }
        }

        return counted;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition())
            limit.Token.ThrowIfCancellationRequested();
    }

    private sealed class StopSignal : ISiloStatusListener
    {
        private readonly TaskCompletionSource _stops = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _stops.Task;

        public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
        {
            if (status.IsTerminating())
                _stops.TrySetResult();
        }
    }

    private sealed class Switch
    {
        public volatile bool On;
    }
}
