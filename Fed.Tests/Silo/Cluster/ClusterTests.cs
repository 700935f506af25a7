using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Fed.Cli.Audit;
using Fed.Client;
using Fed.Client.Protocol;
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

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var silo in _started)
            await silo.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [ServersTheory]
    [InlineData("redis")]
    [InlineData("azure")]
    public async Task Federation_WhenASiloIsKilled_LosesAndDoublesNothing(string provider)
    {
        var silos = await StartAsync(provider, 2);
        var contributors = await EnrolAsync(silos);
        using var stop = new CancellationTokenSource();
        var runs = Run(contributors, stop.Token);
        await ProgressAsync(contributors, runs);

        await silos[0].KillAsync();
        await ProgressAsync(contributors, runs);
        silos[0] = await StartAsync(0);
        await ProgressAsync(contributors, runs);
        await stop.CancelAsync();
        await runs;

        await VerifyAsync(silos[0], contributors);
        Assert.Equal([TestSilo.Federation], await silos[1].Client.GetFromJsonAsync<string[]>("/v1/federations") ?? []);
    }

    [ServersFact]
    public async Task Federation_WhenASiloIsFrozen_GoesOnAndTheFrozenOneEnds()
    {
        var silos = await StartAsync("redis", 2);
        var contributors = await EnrolAsync(silos);
        using var stop = new CancellationTokenSource();
        var runs = Run(contributors, stop.Token);
        await ProgressAsync(contributors, runs);

        silos[0].Freeze();
        await silos[1].SaidAsync("Evicting '");
        await ProgressAsync(contributors, runs);
        silos[0].Thaw();
        Assert.Equal(ExitCode.Failure, await silos[0].Ended);
        await stop.CancelAsync();
        await runs;

        Assert.Contains("fed silo: this silo ends, start it again: ", silos[0].Log, StringComparison.Ordinal);
        await VerifyAsync(silos[1], contributors);
    }

    [ServersTheory]
    [InlineData("redis")]
    [InlineData("azure")]
    public async Task Silo_ToldToStop_HandsItsActorsOver(string provider)
    {
        var silos = await StartAsync(provider, 2);
        var contributors = await EnrolAsync(silos);
        foreach (var contributor in contributors)
            await contributor.ContributeAsync();

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
        var federation = await TestFederation.CreateAsync(silos[0].Client, TestSilo.Settings());
        // What one has made the other serves.
        federation = federation with { Client = silos[1].Client };
        Assert.Equal(federation.InitialModel, (await federation.DescribeAsync())!.InitialModel);
        var participants = new[] { ("a", "h264"), ("b", "h264"), ("c", "av1") };
        var contributors = new List<Contributor>();
        foreach (var (name, cluster) in participants)
        {
            contributors.Add(new Contributor(
                name, await federation.EnrolAsync(name, cluster), silos, contributors.Count, Say));
        }

        return [.. contributors];
    }

    private async Task<List<SiloNode>> StartAsync(string provider, int count)
    {
        _environment = storage.NewCluster(provider, provider, provider, "folder");
        // It tells of verdicts.
        _environment["FED_Logging__LogLevel__Orleans"] = "Information";
        return [.. await Task.WhenAll(Enumerable.Range(0, count).Select(StartAsync))];
    }

    private async Task<SiloNode> StartAsync(int index)
    {
        var silo = await SiloNode.StartAsync(
            _environment,
            "--data-dir", Path.Combine(_folder, $"{index}"),
            "--blobs", Path.Combine(_folder, "blobs"),
            "--keys", Path.Combine(_folder, "keys"));
        _started.Add(silo);
        return silo;
    }
}
