using System.CommandLine;
using Fed.Core.Codecs;
using Fed.MediaQc.Folders;

namespace Fed.Bench.Communication;

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
                $"{CommunicationBench.LeastTimesFewer:0}x fewer bytes with at most {CommunicationBench.MostPointsLost:0} "
                + $"point lost: {(figure.GoalMet ? "yes" : "no")}");
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
