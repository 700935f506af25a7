using Fed.Contracts.Federations;

namespace Fed.Bench.Ingest;

/// <summary>All measurements of ingest, each on a silo process of its own.</summary>
/// <param name="folder">On the disk that is measured.</param>
/// <param name="slice">Of each turn of a row.</param>
/// <param name="memoryUpdates">Of the memory curve; null: neither that nor the large roster.</param>
internal sealed class IngestBench(
    string folder, IReadOnlyList<int> senders, TimeSpan slice, int? memoryUpdates, TextWriter output)
{
    public const int SmallUpdate = 64 << 10;
    public const int LargeUpdate = 4 << 20;

    private const int Turns = 3;
    private const int PublishRounds = 25;
    private const int LargeRoster = 100_000;

    /// <summary>Actors of participants go after this time without a call; the default would make the bench
    /// longer.</summary>
    private static readonly TimeSpan CollectionAge = TimeSpan.FromSeconds(30);

    public async Task<IngestFigure> RunAsync(CancellationToken cancellation)
    {
        output.WriteLine(
            $"{"bytes",8}{"senders",9}{"updates/s",11}{"MB/s",8}{"p50 ms",9}{"p99 ms",9}{"discard/s",11}{"ratio",7}"
            + $"{"waits",7}");
        var rows = new List<IngestRow>();
        foreach (var size in new long[] { SmallUpdate, LargeUpdate })
        {
            rows.AddRange(await OnSiloAsync(silo =>
                new RateBench(silo.Address, RateBench.Usual(size), slice, Turns)
                    .RunAsync(senders, Print, cancellation)));
        }

        var cluster = await PublishAsync(FederationMode.Async);
        output.WriteLine(
            $"K-th of {PublishBench.Goal} receipts to a version of 1 MB: {cluster.AfterReceiptMs:0.0} ms (p50 of "
            + $"{PublishRounds}); from its sending: {cluster.AfterSendingMs:0.0} ms");
        var global = await PublishAsync(FederationMode.Sync);
        output.WriteLine($"through the global tier and back: {global.AfterReceiptMs:0.0} ms");
        var figure = new IngestFigure(
            rows,
            [
                new PublishRow("cluster", cluster.AfterReceiptMs, cluster.AfterSendingMs),
                new PublishRow("global", global.AfterReceiptMs, global.AfterSendingMs),
            ],
            cluster.AfterReceiptMs,
            Memory: null,
            Roster: null);
        return memoryUpdates is { } updates ? await MemoryAsync(figure, updates) : figure;

        Task<PublishFigure> PublishAsync(FederationMode mode) => OnSiloAsync(silo =>
            new PublishBench(silo.Address, PublishBench.Usual(mode), PublishRounds).RunAsync(cancellation));

        async Task<IngestFigure> MemoryAsync(IngestFigure measured, int count)
        {
            output.WriteLine($"{"updates",9}{"RSS MB",9}");
            var curve = await OnSiloAsync(silo => MemoryBench.CurveAsync(
                silo, count, point => output.WriteLine($"{point.Updates,9}{point.RssMb,9:0.0}"), cancellation));
            var roster = await OnSiloAsync(silo =>
                MemoryBench.RosterAsync(silo, LargeRoster, 3 * CollectionAge, cancellation));
            output.WriteLine(
                $"{roster.Participants} participants: RSS {roster.BeforeMb:0} MB before, {roster.PeakMb:0} at most, "
                + $"{roster.IdleMb:0} when idle");
            return measured with { Memory = curve, Roster = roster };
        }

        async Task<T> OnSiloAsync<T>(Func<SiloUnderLoad, Task<T>> measure)
        {
            await using var silo = await SiloUnderLoad.StartAsync(folder, Environment(), cancellation);
            return await measure(silo);
        }
    }

    private static Dictionary<string, string> Environment() => new()
    {
        ["FED_GrainCollection__CollectionAge"] = CollectionAge.ToString(),
        ["FED_GrainCollection__CollectionQuantum"] = (CollectionAge / 3).ToString(),
    };

    private void Print(IngestRow row) => output.WriteLine(
        $"{row.Size,8}{row.Senders,9}{row.UpdatesPerSecond,11:0.0}{row.MbPerSecond,8:0.0}{row.P50Ms,9:0.00}"
        + $"{row.P99Ms,9:0.00}{row.DiscardPerSecond,11:0.0}{row.RatioToDiscard,7:0.00}{row.Waits,7}");
}
