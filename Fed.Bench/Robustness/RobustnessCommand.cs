using System.CommandLine;
using Fed.MediaQc.Folders;

namespace Fed.Bench.Robustness;

/// <summary><c>fed bench robustness</c>: accuracy of every rule under every attack; docs/robustness.md on
/// request.</summary>
internal static class RobustnessCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var rounds = new Option<int>("--rounds")
        {
            Description = "rounds of every run, 1 to 1000",
            DefaultValueFactory = _ => 30,
        };
        var seed = new Option<int>("--seed") { Description = "of models and shuffles", DefaultValueFactory = _ => 1 };
        var full = new Option<bool>("--full") { Description = "0, 10, 20, 30 and 40 % attackers; else 0, 20 and 40 %" };
        var write = new Option<bool>("--write") { Description = "write the table into docs/robustness.md" };
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1000)
                result.AddError("--rounds must be 1 to 1000");
        });
        var command = new Command(
            "robustness", "every robust rule under every attack on the shipped task (some minutes)")
        {
            json, rounds, seed, full, write,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var data = DataFolder.Open(Repository.Path("data", "media-qc"));
            double[] shares = parsed.GetValue(full) ? [0, 0.1, 0.2, 0.3, 0.4] : [0, 0.2, 0.4];
            var bench = new RobustnessBench(data, parsed.GetValue(rounds), parsed.GetValue(seed), Print);
            var figure = bench.Run(shares, cancellation);
            JsonFile.Write(parsed.GetValue(json), figure);
            if (parsed.GetValue(write))
                RobustnessTable.WriteInto(Repository.Path("docs", "robustness.md"), figure);
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Print(RobustnessRow row) => Console.WriteLine(
        $"{row.Rule,-22} {row.Attack,-11} {row.Hostile,2} hostile  accuracy {row.Accuracy:P1}"
        + (row.BackdoorSuccess is { } success ? $"  backdoor {success:P1}" : ""));
}
