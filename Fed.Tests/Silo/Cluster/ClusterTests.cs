using System.Net;
using System.Net.Http.Json;
using Fed.Client;
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
