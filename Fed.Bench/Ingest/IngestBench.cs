using System.CommandLine;
using System.Globalization;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;

namespace Fed.Bench.Ingest;

/// <summary><c>fed bench ingest</c>: how fast a silo takes updates, and publishes versions of them.</summary>
public static class IngestCommand
{
    private const int MostSenders = 256;
    private const double MostSeconds = 600;
    private const int MostUpdates = 1_000_000;

    public static Command Create()
    {
        var json = JsonFile.Option();
        var full = new Option<bool>("--full")
        {
            Description = "longer turns; also the silo's memory over many updates, and with 100,000 participants",
        };
        var senders = new Option<int[]>("--senders")
        {
            Description = $"concurrent senders, 1 to {MostSenders}; default: 1 8 32",
            DefaultValueFactory = _ => [1, 8, 32],
            AllowMultipleArgumentsPerToken = true,
        };
        senders.Validators.Add(result =>
        {
            var values = result.GetValueOrDefault<int[]>() ?? [];
            foreach (var value in values.Where(value => value is < 1 or > MostSenders))
                result.AddError($"--senders is {value}; it must be 1 to {MostSenders}");
        });
        var seconds = new Option<double?>("--seconds")
        {
            Description = string.Create(
                CultureInfo.InvariantCulture, $"of each turn, above 0 to {MostSeconds}; default: 1, with --full 5"),
        };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is { } value && value is not (> 0 and <= MostSeconds))
                result.AddError($"--seconds is {value}; it must be above 0 and at most {MostSeconds}");
        });
        var updates = WholeNumber.Option("--updates", "of the memory curve of --full", 1, MostUpdates, 100_000);
        var folder = new Option<DirectoryInfo>("--folder")
        {
            Description = "on the disk that is to be measured; the silo's data stand there while it runs, some GB",
            DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
            HelpName = "FOLDER",
        };
        var command = new Command(
            "ingest", "durable updates a second over HTTP, beside discarding them, and time to a version (a minute)")
        {
            json, full, senders, seconds, updates, folder,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var isFull = parsed.GetValue(full);
            var bench = new IngestBench(
                parsed.GetValue(folder)!.FullName,
                parsed.GetValue(senders)!,
                TimeSpan.FromSeconds(parsed.GetValue(seconds) ?? (isFull ? 5 : 1)),
                isFull ? parsed.GetValue(updates) : null,
                Console.Out);
            try
            {
                JsonFile.Write(parsed.GetValue(json), await bench.RunAsync(cancellation));
                return 0;
            }
            catch (Exception error) when (error is HttpRequestException or ProtocolException or InvalidDataException)
            {
                await Console.Error.WriteLineAsync($"fed bench: {error.Message}");
                return 1;
            }
        });
        return command;
    }
}

/// <summary>One size of update from so many senders.</summary>
/// <param name="Size">Bytes of an update file.</param>
/// <param name="UpdatesPerSecond">Acknowledged: bytes and ledger entry on the disk.</param>
/// <param name="MbPerSecond">10^6 bytes of bodies.</param>
/// <param name="P50Ms">From the first byte sent to the receipt read.</param>
/// <param name="RatioToDiscard">To the rate at which the same server reads the same bodies and throws them
/// away, in turns with it.</param>
/// <param name="Waits">Updates that were refused at first, because their sender waits for a version, and sent again
/// when it was there.</param>
public sealed record IngestRow(
    long Size,
    int Senders,
    double UpdatesPerSecond,
    double MbPerSecond,
    double P50Ms,
    double P99Ms,
    double RatioToDiscard,
    double DiscardPerSecond,
    long Waits);

/// <summary>How long after the K-th update a waiting participant has its next task, milliseconds.</summary>
/// <param name="AfterReceiptMs">Since the K-th receipt.</param>
/// <param name="AfterSendingMs">Since the K-th update began to be sent.</param>
public sealed record PublishFigure(double AfterReceiptMs, double AfterSendingMs);

/// <summary>A moment of the silo's memory.</summary>
/// <param name="Updates">Acknowledged so far.</param>
/// <param name="RssMb">10^6 bytes resident.</param>
public sealed record MemoryPoint(long Updates, double RssMb);

/// <summary>Resident memory of a silo whose whole roster enrols, 10^6 bytes.</summary>
public sealed record RosterFigure(int Participants, double BeforeMb, double PeakMb, double IdleMb);

/// <summary>Medians of <see cref="PublishFigure"/>.</summary>
/// <param name="Version"><c>cluster</c>: the cluster's own; <c>global</c>: through the global tier and back, in a
/// synchronous round.</param>
public sealed record PublishRow(string Version, double AfterReceiptMs, double AfterSendingMs);

/// <param name="PublishP50Ms">Of a cluster's version, from the K-th receipt.</param>
/// <param name="Memory">Null without <c>--full</c>.</param>
/// <param name="Roster">Null without <c>--full</c>.</param>
public sealed record IngestFigure(
    IReadOnlyList<IngestRow> Rows,
    IReadOnlyList<PublishRow> Publish,
    double PublishP50Ms,
    IReadOnlyList<MemoryPoint>? Memory,
    RosterFigure? Roster);

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

    /// <summary>
    /// Actors of participants go after this time without a call; the default would make the bench longer.
    /// </summary>
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
