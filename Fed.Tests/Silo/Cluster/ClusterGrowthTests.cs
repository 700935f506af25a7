using Xunit.Abstractions;

namespace Fed.Tests.Silo.Cluster;

/// <summary>A cluster that gets another silo.</summary>
public sealed class ClusterGrowthTests(ClusterStorage storage, ITestOutputHelper output) : ClusterTest(storage, output)
{
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
}
