using System.Net;
using System.Net.Http.Json;
using Fed.Client;
using Fed.Tests.Silo.Telemetry;
using Xunit.Abstractions;

namespace Fed.Tests.Silo.Cluster;

/// <summary>Any silo of a cluster may end, the federation goes on.</summary>
public sealed class ClusterTests(ClusterStorage storage, ITestOutputHelper output) : ClusterTest(storage, output)
{
    [ServersFact]
    public async Task Federation_WhenASiloIsKilled_LosesAndDoublesNothing()
    {
        var silos = await StartAsync("azure", 2);
        var contributors = await EnrolAsync(silos);
        using var stop = new CancellationTokenSource();
        var runs = Run(contributors, stop.Token);
        await ProgressAsync(contributors, runs);

        // One of them that has an aggregator.
        var lost = (await Scrape.OfAsync(silos[0].Client)).Value("fedhier_version") is null ? 1 : 0;
        var other = silos[1 - lost].Client;
        await silos[lost].KillAsync();
        await ProgressAsync(contributors, runs);
        // It is told of beside the work.
        var recovery = await Scrape.UntilAsync(
            other, now => now.Value("fedhier_recovery_duration_seconds_count") >= 1);
        Assert.True(recovery.Value("fedhier_recovery_duration_seconds_sum") > 0);
        Say($"{recovery.Value("fedhier_recovery_duration_seconds_count")} aggregators were away, together for "
            + $"{recovery.Value("fedhier_recovery_duration_seconds_sum"):0.0} s at most");
        silos[lost] = await StartAsync(lost);
        await ProgressAsync(contributors, runs);
        await stop.CancelAsync();
        await runs;

        await VerifyAsync(silos[lost], contributors);
        Assert.Equal([TestSilo.Federation], await other.GetFromJsonAsync<string[]>("/v1/federations") ?? []);
    }

    [ServersFact]
    public async Task Contributions_ThroughOneSiloOrThree_GiveTheSameModel()
    {
        Settings["mode"] = "sync";
        Settings.Remove("clusterTier");
        Settings.Remove("globalTier");

        var one = await ModelsAsync(await StartAsync("redis", 1));
        var three = await ModelsAsync(await StartAsync("redis", 3));

        Assert.Equal(one, three);
        Assert.NotEqual(InitialModel, one[0]);
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
}
