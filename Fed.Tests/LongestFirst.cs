using Fed.Tests.Client;
using Fed.Tests.Client.Chaos;
using Fed.Tests.Deploy;
using Fed.Tests.Grains.Collection;
using Fed.Tests.MediaQc;
using Fed.Tests.MediaQc.Anonymise;
using Fed.Tests.Silo;
using Fed.Tests.Silo.Cluster;
using Fed.Tests.Silo.Page;
using Fed.Tests.Silo.Telemetry;
using Fed.Tests.Simulation;
using Fed.Tests.Training.Torch;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Fed.Tests.LongestFirst", "Fed.Tests")]

namespace Fed.Tests;

/// <summary>
/// Starts the classes that take longest, one test after the other, before all others: the end does not wait for one
/// that happened to begin last. xunit's own order is another one at each run.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    /// <summary>Those of more than half a minute. First the ones that rather wait than compute.</summary>
    private static readonly string[] s_longest =
    [
        .. new[]
        {
            typeof(ChaosProcessTests), typeof(ProvidersTests), typeof(ClusterTests), typeof(ClusterDemoTests),
            typeof(ClusterPartitionTests), typeof(AlertsEndToEndTests), typeof(ClusterGrowthTests),
            typeof(OrleansClientTests), typeof(DemoProcessTests), typeof(SiloProcessTests),
            typeof(BlobCollectorTests), typeof(ComposeProcessTests), typeof(ControlFederationTests),
            typeof(SimulationTests), typeof(AnonymiserTests), typeof(DatasetBuilderTests), typeof(TorchTrainerTests),
            typeof(CodecAgentTests),
        }.Select(each => $"Test collection for {each.FullName}"),
        nameof(PageHouse),
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.IndexOf(s_longest, collection.DisplayName) is >= 0 and var place
            ? place
            : s_longest.Length);
}
