using Fed.Tests.Client;
using Fed.Tests.Client.Chaos;
using Fed.Tests.Core.Codecs;
using Fed.Tests.Deploy;
using Fed.Tests.MediaQc;
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
            typeof(ChaosProcessTests), typeof(ProvidersTests), typeof(ClusterTests), typeof(ClusterGrowthTests),
            typeof(ClusterDemoTests), typeof(ClusterPartitionTests), typeof(AlertsEndToEndTests),
            typeof(DemoProcessTests), typeof(DatasetBuilderTests), typeof(SiloProcessTests), typeof(SimulationTests),
            typeof(DecoderFuzzTests), typeof(ControlFederationTests), typeof(OrleansConnectionTests),
            typeof(CodecAgentTests), typeof(TorchTrainerTests), typeof(ComposeProcessTests),
        }.Select(each => $"Test collection for {each.FullName}"),
        nameof(PageHouse),
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.IndexOf(s_longest, collection.DisplayName) is >= 0 and var place
            ? place
            : s_longest.Length);
}
