using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Fed.Cli.Audit;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Tests.Silo.Telemetry;
using Xunit.Abstractions;

namespace Fed.Tests.Silo.Cluster;

/// <summary>Silo processes that are one cluster, on real servers: any of them may end, the federation goes on.</summary>
public sealed class ClusterTests(ClusterStorage storage, ITestOutputHelper output)
    : IClassFixture<ClusterStorage>, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-cluster-").FullName;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly ConcurrentBag<SiloNode> _started = [];
    private Dictionary<string, string> _environment = [];
    private readonly JsonObject _settings = TestSilo.Settings();
    private string _initialModel = "";
    private string _silos = "";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var silo in _started)
            await silo.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [ServersFact]
    public async Task Federation_WhenASiloIsKilled_LosesAndDoublesNothing()
    {
        var silos = await StartAsync("azure", 2);
        var contributors = await EnrolAsync(silos);
        using var stop = new CancellationTokenSource();
        var runs = Run(contributors, stop.Token);
        await ProgressAsync(contributors, runs);

        await silos[0].KillAsync();
        await ProgressAsync(contributors, runs);
        // At least one of the three aggregators was there; it is told of beside its work.
        var recovery = await Scrape.UntilAsync(
            silos[1].Client, now => now.Value("fedhier_recovery_duration_seconds_count") >= 1);
        Assert.True(recovery.Value("fedhier_recovery_duration_seconds_sum") > 0);
        Say($"{recovery.Value("fedhier_recovery_duration_seconds_count")} aggregators were away, together for "
            + $"{recovery.Value("fedhier_recovery_duration_seconds_sum"):0.0} s at most");
        silos[0] = await StartAsync(0);
        await ProgressAsync(contributors, runs);
        await stop.CancelAsync();
        await runs;

        await VerifyAsync(silos[0], contributors);
        Assert.Equal([TestSilo.Federation], await silos[1].Client.GetFromJsonAsync<string[]>("/v1/federations") ?? []);
    }

    [ServersFact]
    public async Task Silo_ThatIsAdded_TakesItsShareOfAggregators()
    {
        var silos = await StartAsync("redis", 1);
        var contributors = await EnrolAsync(silos);
        using var stop = new CancellationTokenSource();
        var runs = Run(contributors, stop.Token);
        await ProgressAsync(contributors, runs);

        // Of three aggregators two may stay.
        silos.Add(await StartAsync(1));
        await silos[0].SaidAsync(" moves to ");
        await ProgressAsync(contributors, runs);
        // What it makes now it alone has.
        await silos[1].SaidAsync(": version ");
        await stop.CancelAsync();
        await runs;

        await VerifyAsync(silos[1], contributors);
    }

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
        Assert.Equal(ExitCode.Failure, await silos[0].Ended);
        Assert.Contains("fed silo: this silo ends, start it again: ", silos[0].Log, StringComparison.Ordinal);
        await ProgressAsync(contributors, runs);
        // Cut off until it has asked the others in vain.
        var alone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var back = SuperviseAsync(0, network, alone);
        Assert.Same(alone.Task, await Task.WhenAny(alone.Task, back));
        network.Mend(0);
        silos[0] = await back;
        await ProgressAsync(contributors, runs);
        await stop.CancelAsync();
        await runs;

        // The audit is for the server's own machine, which the namespaces are not.
        await Task.WhenAll(silos.Select(silo => silo.StopAsync()));
        await VerifyAsync(await StartAsync(0), contributors);
    }

    [ServersFact]
    public async Task Contributions_ThroughOneSiloOrThree_GiveTheSameModel()
    {
        _settings["mode"] = "sync";
        _settings.Remove("clusterTier");
        _settings.Remove("globalTier");

        var one = await ModelsAsync(await StartAsync("redis", 1));
        var three = await ModelsAsync(await StartAsync("redis", 3));

        Assert.Equal(one, three);
        Assert.NotEqual(_initialModel, one[0]);
        Assert.Single(one.Distinct());

        // Of the last round's tasks: what all rounds before it came to.
        async Task<string?[]> ModelsAsync(List<SiloNode> silos)
        {
            var contributors = await EnrolAsync(silos);
            for (var round = 1; round <= 4; round++)
                await Task.WhenAll(contributors.Select(each => each.ContributeAsync(round)));
            return [.. contributors.Select(each => each.Base)];
        }
    }

    [ServersFact]
    public async Task Silo_ToldToStop_HandsItsActorsOver()
    {
        var silos = await StartAsync("redis", 2);
        var contributors = await EnrolAsync(silos);
        foreach (var contributor in contributors)
            await contributor.ContributeAsync(1);

        Assert.Equal(ExitCode.Success, await silos[0].StopAsync());

        // No probe has to fail first: the first answer is the right one.
        using var answer = await silos[1].Client.GetAsync($"/v1/federations/{TestSilo.Federation}/status");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await VerifyAsync(silos[1], contributors);
    }

    private static Task Run(Contributor[] contributors, CancellationToken stop) =>
        Task.WhenAll(contributors.Select(each => Task.Run(() => each.RunAsync(stop))));

    /// <summary>Until each of them has been acknowledged three times more.</summary>
    private async Task ProgressAsync(Contributor[] contributors, Task runs)
    {
        var began = Stopwatch.GetTimestamp();
        var progress = Task.WhenAll(contributors.Select(each => each.AcknowledgedAsync(3)));
        if (await Task.WhenAny(progress, runs) == runs)
            await runs;
        Say($"{Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s until all had 3 more acknowledged");
    }

    /// <summary>Lost 0, doubled 0, and every version recomputes to its hash.</summary>
    private static async Task VerifyAsync(SiloNode silo, Contributor[] contributors)
    {
        using var source = new ServerSource(new FederationClient(silo.Client.BaseAddress!), TestSilo.Federation);
        using var blobs = new AuditBlobs(source);
        var head = await source.ReadHeadAsync(CancellationToken.None);
        var report = await new FederationAudit(blobs, head).RunAsync(
            [.. contributors.SelectMany(each => each.Receipts())], CancellationToken.None);
        Assert.Empty(report.Faults);
        Assert.True(report.Versions > contributors.Length);
    }

    private void Say(string line) => output.WriteLine($"{_clock.Elapsed:mm\\:ss\\.f} {line}");

    private async Task<Contributor[]> EnrolAsync(List<SiloNode> silos)
    {
        // What the first has made the last one serves.
        var federation = new TestFederation(silos[^1].Client, TestSilo.Federation, "");
        _initialModel = (await federation.DescribeAsync())!.InitialModel;
        var participants = new[] { ("a", "h264"), ("b", "h264"), ("c", "av1") };
        var contributors = new List<Contributor>();
        foreach (var (name, cluster) in participants)
        {
            contributors.Add(new Contributor(
                name, await federation.EnrolAsync(name, cluster), silos, contributors.Count, Say));
        }

        return [.. contributors];
    }

    /// <param name="redis">Where the silos' Redis is; null: the one of all tests.</param>
    private async Task<List<SiloNode>> StartAsync(
        string provider, int count, SiloNetwork? network = null, string? redis = null)
    {
        _environment = storage.NewCluster(provider, provider, provider, "folder");
        if (redis is not null)
            _environment["FED_Providers__Redis__ConnectionString"] = redis;
        _silos = Path.Combine(_folder, _environment["FED_Orleans__ServiceId"]);
        Directory.CreateDirectory(_silos);
        await File.WriteAllTextAsync(Path.Combine(_silos, "federation.json"), _settings.ToJsonString());
        return [.. await Task.WhenAll(Enumerable.Range(0, count).Select(index => StartAsync(index, network)))];
    }

    /// <summary>Starts a silo, again while the others vote it dead, until it serves.</summary>
    /// <param name="alone">Is completed when it has found that it does not reach the others.</param>
    private async Task<SiloNode> SuperviseAsync(int index, SiloNetwork network, TaskCompletionSource alone)
    {
        while (true)
        {
            var (silo, ready) = await LaunchAsync(index, network);
            _ = silo.SaidAsync("Failed to get ping responses").ContinueWith(
                _ => alone.TrySetResult(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default);
            if (await Task.WhenAny(ready, silo.Ended) == ready)
                return silo;
            Assert.Equal(ExitCode.Failure, await silo.Ended);
            Say($"silo {index} could not join yet");
        }
    }

    private async Task<SiloNode> StartAsync(int index, SiloNetwork? network = null)
    {
        var (silo, ready) = await LaunchAsync(index, network);
        await silo.ServesAsync(ready);
        return silo;
    }

    private async Task<(SiloNode Node, Task Ready)> LaunchAsync(int index, SiloNetwork? network)
    {
        var environment = new Dictionary<string, string>(_environment);
        List<string> arguments =
        [
            "--data-dir", Path.Combine(_silos, $"{index}"),
            "--blobs", Path.Combine(_silos, "blobs"),
            "--keys", Path.Combine(_silos, "keys"),
        ];
        if (index == 0)
            arguments.AddRange(["--federation", Path.Combine(_silos, "federation.json")]);
        if (network is not null)
        {
            environment["FED_Orleans__Endpoints__Address"] = network.AddressOf(index);
            arguments.AddRange(["--listen", network.AddressOf(index)]);
        }

        var (silo, ready) = await SiloNode.LaunchAsync(
            environment, start => network?.Enter(index, start), [.. arguments]);
        _started.Add(silo);
        return (silo, ready);
    }
}
