using Fed.Bench.Ingest;
using Fed.Contracts.Federations;

namespace Fed.Tests.Bench.Ingest;

/// <summary>The machinery of the benchmark on a real silo process; what it measures is nobody's matter here.</summary>
public sealed class IngestBenchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-ingest-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_OfATinyLoad_MeasuresRatesAndVersionsAndLeavesNothing()
    {
        IReadOnlyList<IngestRow> rows;
        PublishFigure published;
        await using (var silo = await SiloUnderLoad.StartAsync(_folder, new Dictionary<string, string>(), default))
        {
            // Fewer participants than updates: they have to wait for versions, too.
            var settings = new LoadSettings(
                "tiny", 1024, Clusters: 2, Participants: 4, Goal: 2, GlobalGoal: 2, FederationMode.Async);
            rows = await new RateBench(silo.Address, settings, TimeSpan.FromMilliseconds(200), turns: 1)
                .RunAsync([2], _ => { }, default);
            var round = new LoadSettings(
                "round", 1024, Clusters: 1, Participants: 3, Goal: 3, GlobalGoal: 1, FederationMode.Sync);
            published = await new PublishBench(silo.Address, round, rounds: 2).RunAsync(default);
            Assert.True(silo.PeakMb >= silo.RssMb);
        }

        var row = Assert.Single(rows);
        Assert.Equal(2, row.Senders);
        Assert.InRange(row.Size, 900, 1024);
        Assert.True(row.UpdatesPerSecond > 0 && row.DiscardPerSecond > 0);
        Assert.Equal(row.UpdatesPerSecond / row.DiscardPerSecond, row.RatioToDiscard, 6);
        Assert.InRange(row.P50Ms, double.Epsilon, row.P99Ms);
        Assert.True(published.AfterSendingMs >= published.AfterReceiptMs);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Run_OfTwoRounds_MeasuresThem()
    {
        await using var silo = await SiloUnderLoad.StartAsync(_folder, new Dictionary<string, string>(), default);

        var row = await new RoundBench(silo, new RoundCase(3, 20_000, "int8"), rounds: 2).RunAsync(default);

        Assert.Equal((3, 20_000, "int8"), (row.Participants, row.Parameters, row.Codec));
        Assert.InRange(row.SecondsPerRound, double.Epsilon, row.SecondsPerRound + 1);
        Assert.True(row.SiloCpuSeconds > 0 && row.SiloPeakMb > 0);
        using var client = new Fed.Client.Protocol.FederationClient(silo.Address);
        // Two to warm up, two that are measured.
        Assert.Equal(4, (await client.StatusAsync("round", default)).Global.Version);
    }

    [Theory]
    [InlineData(256)]
    [InlineData(1024)]
    [InlineData(64 << 10)]
    [InlineData(4 << 20)]
    public void Parameters_OfAnUpdateOfSomeSize_FillItButForALayerUnit(long size)
    {
        var settings = new LoadSettings("x", size, 1, 1, 1, 1, FederationMode.Async);

        var bytes = Fed.Core.Blocks.UpdateWriter.UncompressedSize(settings.Parameters);

        Assert.InRange(bytes, size - 96, size);
    }

    [Fact]
    public void Percentile_OfHundredValues_IsTheSmallestThatCoversTheShare()
    {
        var values = Enumerable.Range(1, 100).Select(value => (double)value).Reverse().ToArray();

        Assert.Equal(50, LoadRun.PercentileOf(values, 0.5));
        Assert.Equal(99, LoadRun.PercentileOf(values, 0.99));
        Assert.Equal(1, LoadRun.PercentileOf(values, 0));
    }

    [Theory]
    [InlineData("--senders 0", "--senders is 0")]
    [InlineData("--senders 8 300", "--senders is 300")]
    [InlineData("--seconds 0", "--seconds is 0")]
    [InlineData("--seconds 601", "--seconds is 601")]
    [InlineData("--updates 0", "--updates is 0")]
    [InlineData("--updates 1000001", "--updates is 1000001")]
    public void Command_WithAnArgumentOutOfRange_NamesItsValueAndBound(string arguments, string said)
    {
        var parsed = IngestCommand.Create().Parse(arguments);

        var error = Assert.Single(parsed.Errors);
        Assert.StartsWith(said, error.Message, StringComparison.Ordinal);
        Assert.Contains("must be", error.Message, StringComparison.Ordinal);
    }
}
