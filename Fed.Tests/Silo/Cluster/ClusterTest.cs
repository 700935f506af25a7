using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Fed.Cli.Audit;
using Fed.Client;
using Fed.Client.Protocol;
using Xunit.Abstractions;

namespace Fed.Tests.Silo.Cluster;

/// <summary>A test of silo processes that are one cluster, on real servers, with participants at work.</summary>
public abstract class ClusterTest(ClusterStorage storage, ITestOutputHelper output)
    : IClassFixture<ClusterStorage>, IAsyncLifetime
{
    /// <summary>What takes longer on a busy machine never comes: the test then says what the silos said last.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-cluster-").FullName;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly ConcurrentBag<SiloNode> _started = [];
    private Dictionary<string, string> _environment = [];
    private string _silos = "";

    /// <summary>The federation's, before the first silo starts.</summary>
    private protected JsonObject Settings { get; } = TestSilo.Settings();

    private protected string InitialModel { get; private set; } = "";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var silo in _started)
            await silo.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private protected static Task Run(Contributor[] contributors, CancellationToken stop) =>
        Task.WhenAll(contributors.Select(each => Task.Run(() => each.RunAsync(stop))));

    /// <summary>Until each of them has been acknowledged three times more.</summary>
    private protected async Task ProgressAsync(Contributor[] contributors, Task runs)
    {
        var began = Stopwatch.GetTimestamp();
        var progress = Task.WhenAll(contributors.Select(each => each.AcknowledgedAsync(3)));
        if (await WithinAsync(Task.WhenAny(progress, runs), "progress of all contributors") == runs)
            await runs;
        Say($"{Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s until all had 3 more acknowledged");
    }

    /// <summary>Lost 0, doubled 0, and every version recomputes to its hash.</summary>
    private protected static async Task VerifyAsync(SiloNode silo, Contributor[] contributors)
    {
        using var source = new ServerSource(new FederationClient(silo.Client.BaseAddress!), TestSilo.Federation);
        using var blobs = new AuditBlobs(source);
        var head = await source.ReadHeadAsync(CancellationToken.None);
        var report = await new FederationAudit(blobs, head).RunAsync(
            [.. contributors.SelectMany(each => each.Receipts())], CancellationToken.None);
        Assert.Empty(report.Faults);
        Assert.True(report.Versions > contributors.Length);
    }

    private protected async Task<T> WithinAsync<T>(Task<T> awaited, string what)
    {
        if (await Task.WhenAny(awaited, Task.Delay(Patience)) != awaited)
        {
            foreach (var (index, silo) in _started.Reverse().Index())
            {
                var last = string.Join('\n', silo.Log.Split('\n').TakeLast(20));
                var state = silo.Ended.IsCompleted ? "has ended" : "runs";
                Say($"silo process {index} {state}; its log ends with\n{last}");
            }

            Assert.Fail($"no {what} within {Patience}");
        }

        return await awaited;
    }

    private protected void Say(string line) => output.WriteLine($"{_clock.Elapsed:mm\\:ss\\.f} {line}");

    private protected async Task<Contributor[]> EnrolAsync(List<SiloNode> silos)
    {
        // What the first has made the last one serves.
        var federation = new TestFederation(silos[^1].Client, TestSilo.Federation, "");
        InitialModel = (await federation.DescribeAsync())!.InitialModel;
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
    private protected async Task<List<SiloNode>> StartAsync(
        string provider, int count, SiloNetwork? network = null, string? redis = null)
    {
        _environment = storage.NewCluster(provider, provider, provider, "folder");
        if (redis is not null)
            _environment["FED_Providers__Redis__ConnectionString"] = redis;
        _silos = Path.Combine(_folder, _environment["FED_Orleans__ServiceId"]);
        Directory.CreateDirectory(_silos);
        await File.WriteAllTextAsync(Path.Combine(_silos, "federation.json"), Settings.ToJsonString());
        return [.. await Task.WhenAll(Enumerable.Range(0, count).Select(index => StartAsync(index, network)))];
    }

    /// <summary>Starts a silo, again while the others vote it dead, until it serves.</summary>
    /// <param name="alone">Is completed when it has found that it does not reach the others.</param>
    private protected async Task<SiloNode> SuperviseAsync(int index, SiloNetwork? network, TaskCompletionSource alone)
    {
        while (true)
        {
            var (silo, ready) = await LaunchAsync(index, network);
            _ = silo.SaidAsync("Failed to get ping responses").ContinueWith(
                _ => alone.TrySetResult(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default);
            if (await WithinAsync(silo.JoinsAsync(ready), $"start of silo {index}"))
                return silo;
            Say($"silo {index} could not join yet: {silo.Log.Split('\n')[^1]}");
        }
    }

    private protected Task<SiloNode> StartAsync(int index, SiloNetwork? network = null) =>
        SuperviseAsync(index, network, new TaskCompletionSource());

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
