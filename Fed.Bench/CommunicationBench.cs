using System.CommandLine;
using Fed.Bench.Simulation;
using Fed.Core.Codecs;
using Fed.Core.Robust;
using Fed.MediaQc.Folders;

namespace Fed.Bench;

/// <summary><c>fed bench communication</c>: bytes an update and accuracy, codec by codec.</summary>
internal static class CommunicationCommand
{
    private static readonly string[] Usual =
    [
        "bfloat16", "int8", "int4", "sign", "topk:0.05", "topk:0.01", "ternary:0.05", "ternary:0.02", "ternary:0.01",
    ];

    private const int UsualSeeds = 3;

    public static Command Create()
    {
        var json = JsonFile.Option();
        var rounds = Counted("--rounds", "rounds of every run (default: what the task recommends)", 1000);
        var seeds = Counted("--seeds", $"runs of each codec (default: {UsualSeeds})", 100);
        var codec = new Option<string[]>("--codec")
        {
            Description = $"measure these only, beside {CommunicationBench.Plain}; default: {string.Join(", ", Usual)}",
            DefaultValueFactory = _ => Usual,
            AllowMultipleArgumentsPerToken = true,
        };
        codec.Validators.Add(result =>
        {
            try
            {
                foreach (var name in result.GetValueOrDefault<string[]>() ?? [])
                    BlockCodecs.ByName(name);
            }
            catch (ArgumentException unknown)
            {
                result.AddError($"--codec: {unknown.Message}");
            }
        });
        var command = new Command(
            "communication", "bytes an update and accuracy of every codec, on the shipped task (some minutes)")
        {
            json, rounds, seeds, codec,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var data = DataFolder.Open(Repository.Path("data", "media-qc"));
            Console.WriteLine($"{"codec",-14}{"bytes",9}{"fewer",9}{"accuracy",10}{"points lost",18}");
            var bench = new CommunicationBench(
                data,
                parsed.GetValue(rounds) ?? data.Description.Training.Rounds,
                parsed.GetValue(seeds) ?? UsualSeeds);
            var figure = bench.Run(parsed.GetValue(codec)!, Print, cancellation);
            Console.WriteLine(
                $"{CommunicationBench.LeastTimesFewer:0}x fewer bytes with at most "
                + $"{CommunicationBench.MostPointsLost:0} point lost: {(figure.GoalMet ? "yes" : "no")}");
            JsonFile.Write(parsed.GetValue(json), figure);
            return Task.FromResult(0);
        });
        return command;
    }

    private static Option<int?> Counted(string name, string description, int most)
    {
        var option = new Option<int?>(name) { Description = $"1 to {most}: {description}" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is { } value && (value < 1 || value > most))
                result.AddError($"{name} is {value}; it must be 1 to {most}");
        });
        return option;
    }

    private static void Print(CommunicationRow row) => Console.WriteLine(
        $"{row.Codec,-14}{row.UpdateBytes,9:0}{row.TimesFewer,8:0.0}x{row.Accuracy,10:P1}"
        + $"{row.PointsLost,10:0.00} +- {row.StandardError:0.00}");
}

/// <summary>One codec.</summary>
/// <param name="UpdateBytes">Mean size of an encoded update: header, index and blocks.</param>
/// <param name="TimesFewer">How many times smaller that is than as float32.</param>
/// <param name="Accuracy">On held-out content, 0 to 1: the mean over codecs of the media and over seeds.</param>
/// <param name="PointsLost">Percentage points below float32's accuracy, the mean over seeds; below 0: gained.</param>
/// <param name="StandardError">Of <paramref name="PointsLost"/>, from its spread over the seeds.</param>
public sealed record CommunicationRow(
    string Codec, double UpdateBytes, double TimesFewer, double Accuracy, double PointsLost, double StandardError);

/// <param name="Rounds">Of every run.</param>
/// <param name="Seeds">Runs of each codec, with seeds from 1.</param>
/// <param name="GoalMet">Whether some codec sends at least 50 times fewer bytes and loses at most 1 point.</param>
public sealed record CommunicationFigure(
    string Task, int Participants, int Rounds, int Seeds, bool GoalMet, IReadOnlyList<CommunicationRow> Rows);

/// <summary>What each codec saves, and what it costs in accuracy: the same federations with each of them.</summary>
internal sealed class CommunicationBench(DataFolder data, int rounds, int seeds)
{
    public const double LeastTimesFewer = 50;
    public const double MostPointsLost = 1;

    /// <summary>What the others are compared with.</summary>
    public const string Plain = "float32";

    /// <param name="log">Told each row.</param>
    public CommunicationFigure Run(
        IReadOnlyList<string> codecs, Action<CommunicationRow> log, CancellationToken cancellationToken)
    {
        var plain = Simulate(Plain, cancellationToken);
        var rows = new List<CommunicationRow>();
        foreach (var codec in codecs.Prepend(Plain).Distinct())
        {
            var runs = codec == Plain ? plain : Simulate(codec, cancellationToken);
            rows.Add(Compare(codec, runs, plain));
            log(rows[^1]);
        }

        var met = rows.Exists(row => row is { TimesFewer: >= LeastTimesFewer, PointsLost: <= MostPointsLost });
        return new CommunicationFigure(data.Task.Name, data.Participants.Count, rounds, seeds, met, rows);
    }

    private SimulationResult[] Simulate(string codec, CancellationToken cancellationToken) =>
    [
        .. Enumerable.Range(1, seeds).Select(seed =>
            new SimulatedFederation(data, new SimulationSettings(rounds, seed, RobustRules.Mean, codec))
                .Run(cancellationToken)),
    ];

    private static CommunicationRow Compare(string codec, SimulationResult[] runs, SimulationResult[] plain)
    {
        var bytes = runs.Average(run => run.UpdateBytes);
        var lost = runs.Zip(plain, (run, other) => 100 * (other.Accuracy - run.Accuracy)).ToArray();
        var mean = lost.Average();
        var variance = lost.Length > 1 ? lost.Sum(value => (value - mean) * (value - mean)) / (lost.Length - 1) : 0;
        return new CommunicationRow(
            codec,
            bytes,
            plain.Average(run => run.UpdateBytes) / bytes,
            runs.Average(run => run.Accuracy),
            mean,
            Math.Sqrt(variance / lost.Length));
    }
}
