using Fed.Client;
using Xunit.Abstractions;

namespace Fed.Tests.Silo.Cluster;

/// <summary>A cluster whose silos do not reach each other.</summary>
public sealed class ClusterPartitionTests(ClusterStorage storage, ITestOutputHelper output) : ClusterTest(storage, output)
{
    /// <summary>They vote it dead though it runs: it hears of it from the storage, and ends.</summary>
    [NetworkFact]
    public async Task Federation_WhenASiloIsCutOffFromTheOthers_GoesOnAndItComesBack()
    {
        using var network = new SiloNetwork(3);
        await using var redis = await RedisProcess.StartAsync(
            "--bind", "127.0.0.1", network.HostAddress, "--protected-mode", "no");
        var silos = await StartAsync("redis", 3, network, $"{network.HostAddress}:{redis.Port}");
        var contributors = await EnrolAsync(silos);
        using var stop = new CancellationTokenSource();
        var runs = Run(contributors, stop.Token);
        await ProgressAsync(contributors, runs);

        network.Cut(0);
        // Two outvote one. Where the processors are busy, one of the two may have missed its probes before: of the two
        // that are left then, either may outvote the other.
        await WithinAsync(Task.WhenAny(silos.Select(silo => silo.Ended)), "end of any silo");
        var lost = silos.FindIndex(silo => silo.Ended.IsCompleted);
        Assert.Equal(ExitCode.Failure, await silos[lost].Ended);
        Assert.Contains("fed silo: this silo ends, start it again: ", silos[lost].Log, StringComparison.Ordinal);
        await ProgressAsync(contributors, runs);
        // Cut off until it has asked the others in vain.
        var alone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var back = SuperviseAsync(lost, network, alone);
        var first = await WithinAsync(Task.WhenAny(alone.Task, back), "word of a silo that is alone");
        Assert.True(lost > 0 || first == alone.Task, "the silo that was cut off has joined the others");
        network.Mend(0);
        silos[lost] = await back;
        await ProgressAsync(contributors, runs);
        await stop.CancelAsync();
        await runs;

        // The audit is for the server's own machine, which the namespaces are not.
        await Task.WhenAll(silos.Select(silo => silo.StopAsync()));
        await VerifyAsync(await StartAsync(0), contributors);
    }
}
