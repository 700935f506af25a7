using System.Diagnostics;
using Fed.Bench.Attacks;
using Fed.Bench.Simulation;
using Fed.MediaQc.Folders;

namespace Fed.Bench.Robustness;

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
