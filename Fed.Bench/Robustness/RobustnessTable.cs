using System.Globalization;
using System.Text;
using Fed.Bench.Report;

namespace Fed.Bench.Robustness;

/// <summary>The measured table of docs/robustness.md: a rule a row, an attack at one share a column.</summary>
internal static class RobustnessTable
{
    private const string Begin = "<!-- measured: begin -->";
    private const string End = "<!-- measured: end -->";

    /// <exception cref="IOException">The file has not the two marks that the table stands between.</exception>
    public static void WriteInto(string path, RobustnessFigure figure)
    {
        var text = File.ReadAllText(path);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            throw new IOException($"{path} has no '{Begin}' with '{End}' after it: put them back");
        File.WriteAllText(path, text[..(begin + Begin.Length)] + "\n" + Text(figure) + text[end..]);
        Console.WriteLine($"written: {path}");
    }

    public static string Text(RobustnessFigure figure)
    {
        var text = new StringBuilder(
            $"Written by `./fed bench robustness --write`, not by hand, on: {MachineDescription.Text()}; "
            + $"{figure.Seconds:0} s. Task {figure.Task}, {figure.Participants} participants in one cluster, "
            + $"{figure.Rounds} synchronous rounds, seed {figure.Seed}. Accuracy in % on held-out content, the mean over the "
            + "codecs; of the backdoor also, after the stroke, the share of samples in which the trigger calls forth "
            + "its class.\n\n");
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
