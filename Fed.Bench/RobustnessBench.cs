using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fed.Bench.Simulation;
using Fed.MediaQc.Folders;

namespace Fed.Bench;

/// <summary>
/// <c>fed bench robustness</c>: accuracy of every rule under every attack; docs/robustness.md on request.
/// </summary>
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
                MeasuredPart.Write(Repository.Path("docs", "robustness.md"), RobustnessTable.Text(figure));
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Print(RobustnessRow row) => Console.WriteLine(
        $"{row.Rule,-22} {row.Attack,-11} {row.Hostile,2} hostile  accuracy {row.Accuracy:P1}"
        + (row.BackdoorSuccess is { } success ? $"  backdoor {success:P1}" : ""));
}

/// <param name="Rule">With its parameters.</param>
/// <param name="Attack"><c>none</c> or an attack's name.</param>
/// <param name="Hostile">Attackers among the participants.</param>
/// <param name="Accuracy">On held-out content, 0 to 1, the mean over the codecs.</param>
/// <param name="BackdoorSuccess">0 to 1; null without a backdoor.</param>
public sealed record RobustnessRow(string Rule, string Attack, int Hostile, double Accuracy, double? BackdoorSuccess);

/// <param name="Rounds">Of every run.</param>
public sealed record RobustnessFigure(
    string Task, int Participants, int Rounds, int Seed, double Seconds, IReadOnlyList<RobustnessRow> Rows);

/// <summary>Every rule under every attack, on a task's data.</summary>
/// <param name="log">Told each row.</param>
internal sealed class RobustnessBench(DataFolder data, int rounds, int seed, Action<RobustnessRow> log)
{
    /// <summary>Length of a usual honest update of the shipped task, for rules that compare with one.</summary>
    private const string UsualNorm = "2";

    private static readonly IAttack[] Attacks =
    [
        new LittleIsEnough(), new InnerProductManipulation(0.1), new InnerProductManipulation(100), new SignFlip(),
        new LabelFlip(), new ScaledBackdoor(),
    ];

    /// <summary>The rules for n participants of which f may be hostile, f as large as each rule allows.</summary>
    public static string[] RulesFor(int n, int f) =>
    [
        "mean", "median", $"trimmed-mean:{Math.Min(f, (n - 1) / 2)}", $"krum:{Math.Min(f, (n - 3) / 2)}",
        $"multi-krum:{Math.Min(f, (n - 3) / 2)}", $"bulyan:{Math.Min(f, (n - 3) / 4)}", $"norm-bound:{UsualNorm}",
        "geometric-median:8", $"centred-clipping:{UsualNorm}", "foolsgold", "fltrust",
    ];

    /// <param name="shares">Of attackers, 0 to below 0.5.</param>
    public RobustnessFigure Run(IReadOnlyList<double> shares, CancellationToken cancellationToken)
    {
        var n = data.Participants.Count;
        var began = Stopwatch.GetTimestamp();
        var rows = new List<RobustnessRow>();
        foreach (var hostile in shares.Select(share => (int)Math.Round(share * n)).Distinct())
        {
            // Who sets a rule up does not know whether anybody attacks: f is that of the smallest attack.
            var f = hostile > 0 ? hostile : (int)Math.Round(shares.Where(share => share > 0).Min() * n);
            foreach (var rule in RulesFor(n, f))
            {
                foreach (var attack in hostile == 0 ? (IAttack?[])[null] : Attacks)
                {
                    var settings = new SimulationSettings(rounds, seed, rule, "float32", attack, hostile);
                    var result = new SimulatedFederation(data, settings).Run(cancellationToken);
                    rows.Add(new RobustnessRow(
                        rule, attack?.Name ?? "none", hostile, result.Accuracy, result.BackdoorSuccess));
                    log(rows[^1]);
                }
            }
        }

        var seconds = Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds, 1);
        return new RobustnessFigure(data.Task.Name, n, rounds, seed, seconds, rows);
    }
}

/// <summary>The measured table of docs/robustness.md: a rule a row, an attack at one share a column.</summary>
internal static class RobustnessTable
{
    public static string Text(RobustnessFigure figure)
    {
        var text = new StringBuilder(
            $"Written by `./fed bench robustness --write`, not by hand, on: {MachineDescription.Text()}; "
            + $"{figure.Seconds:0} s. Task {figure.Task}, {figure.Participants} participants in one cluster, "
            + $"{figure.Rounds} synchronous rounds, seed {figure.Seed}. Accuracy in % on held-out content, the "
            + "mean over the codecs; of the backdoor also, after the stroke, the share of samples in which the trigger "
            + "calls forth its class.\n\n");
        foreach (var group in figure.Rows.GroupBy(row => row.Hostile))
        {
            var attacks = group.Select(row => row.Attack).Distinct().ToArray();
            text.Append(CultureInfo.InvariantCulture, $"**{group.Key} of {figure.Participants} hostile**\n\n");
            text.Append("|rule|").AppendJoin('|', attacks).Append("|\n|-|");
            text.AppendJoin('|', attacks.Select(_ => "-:")).Append("|\n");
            foreach (var rule in group.GroupBy(row => row.Rule))
                text.Append($"|{rule.Key}|").AppendJoin('|', rule.Select(Cell)).Append("|\n");
            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Cell(RobustnessRow row)
    {
        var accuracy = (100 * row.Accuracy).ToString("0.0", CultureInfo.InvariantCulture);
        return row.BackdoorSuccess is { } success
            ? $"{accuracy} / {(100 * success).ToString("0.0", CultureInfo.InvariantCulture)}"
            : accuracy;
    }
}
