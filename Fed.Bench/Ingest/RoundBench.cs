using System.CommandLine;
using System.Diagnostics;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Core.Codecs;

namespace Fed.Bench.Ingest;

/// <summary><c>fed bench round</c>: what a whole synchronous round costs when nobody trains.</summary>
internal static class RoundCommand
{
    private const int MostParticipants = 1000;
    private const int MostParameters = 500_000_000;
    private const int MostRounds = 1000;

    public static Command Create()
    {
        var json = JsonFile.Option();
        var participants = WholeNumber.Option("--participants", "of one case instead of the usual ones", 1, MostParticipants, 15);
        var parameters = WholeNumber.Option(
            "--parameters", "of its model, instead of the usual ones", 1, MostParameters, 250_000);
        var rounds = WholeNumber.Option("--rounds", "measured, after two to warm up", 1, MostRounds, 10);
        var codec = new Option<string>("--codec")
        {
            Description = "of its updates, instead of float32 and int8: as in docs/codecs.md",
            DefaultValueFactory = _ => "float32",
        };
        codec.Validators.Add(result =>
        {
            try
            {
                BlockCodecs.ByName(result.GetValueOrDefault<string>() ?? "");
            }
            catch (ArgumentException wrong)
            {
                result.AddError($"--codec: {wrong.Message}");
            }
        });
        var folder = new Option<DirectoryInfo>("--folder")
        {
            Description = "on the disk that is to be measured; the silo's data stand there while it runs, many GB",
            DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
            HelpName = "FOLDER",
        };
        var command = new Command("round", "seconds of a synchronous round without training, by HTTP (some minutes)")
        {
            json, participants, parameters, codec, rounds, folder,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var own = new Option[] { participants, parameters, codec }
                .Any(option => parsed.GetResult(option) is { Implicit: false });
            var single = new RoundCase(
                parsed.GetValue(participants), parsed.GetValue(parameters), parsed.GetValue(codec)!);
            IReadOnlyList<RoundCase> cases = own ? [single] : RoundBench.Usual;
            try
            {
                Console.WriteLine(RoundRow.Head);
                var rows = new List<RoundRow>();
                foreach (var item in cases)
                {
                    await using var silo = await SiloUnderLoad.StartAsync(
                        parsed.GetValue(folder)!.FullName, new Dictionary<string, string>(), cancellation);
                    rows.Add(await new RoundBench(silo, item, parsed.GetValue(rounds)).RunAsync(cancellation));
                    Console.WriteLine(rows[^1]);
                }

                JsonFile.Write(parsed.GetValue(json), new { rows });
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

/// <param name="Parameters">Of the model; rounded down to whole units of its layer.</param>
internal sealed record RoundCase(int Participants, int Parameters, string Codec);

/// <summary>The cost of a synchronous round in which nobody trains, on one silo with its state on the disk.</summary>
/// <param name="SecondsPerRound">Median, from the moment that all have a task until all have the next one.</param>
/// <param name="SiloCpuSeconds">Mean of a round.</param>
/// <param name="SiloPeakMb">10^6 bytes resident at most, since its start.</param>
public sealed record RoundRow(
    int Participants, int Parameters, string Codec, double SecondsPerRound, double SiloCpuSeconds, double SiloPeakMb)
{
    internal static string Head { get; } =
        $"{"participants",12}{"parameters",12} {"codec",-14}{"s/round",9}{"silo CPU s",12}{"silo MB",9}";

    public override string ToString() =>
        $"{Participants,12}{Parameters,12} {Codec,-14}{SecondsPerRound,9:0.000}{SiloCpuSeconds,12:0.000}"
        + $"{SiloPeakMb,9:0}";
}

/// <summary>
/// Every participant downloads the model, sends its update and waits for the next task, all at once. Updates are made
/// and signed before the clock runs: what participants compute is not what is measured.
/// </summary>
internal sealed class RoundBench(SiloUnderLoad silo, RoundCase item, int rounds)
{
    private const int WarmUp = 2;

    private static readonly (int Participants, int Parameters)[] s_sizes =
        [(15, 250_000), (50, 250_000), (15, 5_000_000), (4, 50_000_000)];

    public static IReadOnlyList<RoundCase> Usual { get; } =
    [
        .. from codec in new[] { "float32", "int8" }
           from size in s_sizes
           select new RoundCase(size.Participants, size.Parameters, codec),
    ];

    private readonly LoadSettings _settings = new(
        "round",
        LoadSettings.SizeOf(item.Parameters),
        Clusters: 1,
        item.Participants,
        Goal: item.Participants,
        GlobalGoal: 1,
        FederationMode.Sync)
    {
        Codec = item.Codec,
    };

    public async Task<RoundRow> RunAsync(CancellationToken cancellation)
    {
        using var client = new FederationClient(silo.Address);
        using var federation = await LoadFederation.CreateAsync(client, _settings, cancellation);
        using var sender = new UpdateSender(silo.Address, federation, 2 * item.Participants);
        var seconds = new double[rounds];
        var processor = TimeSpan.Zero;
        for (var round = -WarmUp; round < rounds; round++)
        {
            var updates = federation.Prepare(item.Participants);
            var (start, before) = (Stopwatch.GetTimestamp(), silo.ProcessorTime);
            await Task.WhenAll(updates.Select(
                update => TakePartAsync(client, sender, federation, update, cancellation)));
            if (round < 0)
                continue;
            seconds[round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            processor += silo.ProcessorTime - before;
        }

        return new RoundRow(
            item.Participants,
            _settings.Parameters,
            item.Codec,
            LoadRun.PercentileOf(seconds, 0.5),
            processor.TotalSeconds / rounds,
            silo.PeakMb);
    }

    private async Task TakePartAsync(
        FederationClient client,
        UpdateSender sender,
        LoadFederation federation,
        PreparedUpdate update,
        CancellationToken cancellation)
    {
        // The load's versions are all the same model; it is taken anew each round, as one that changes would be.
        await client.DownloadModelAsync(_settings.Name, federation.BaseModel, Stream.Null, cancellation);
        await sender.SendAsync(update, cancellation);
        await sender.TaskAsync(update.Participant, cancellation);
    }
}
