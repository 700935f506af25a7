namespace Fed.Bench.Robustness;

/// <param name="Rule">With its parameters.</param>
/// <param name="Attack"><c>none</c> or an attack's name.</param>
/// <param name="Hostile">Attackers among the participants.</param>
/// <param name="Accuracy">On held-out content, 0 to 1, the mean over the codecs.</param>
/// <param name="BackdoorSuccess">0 to 1; null without a backdoor.</param>
public sealed record RobustnessRow(string Rule, string Attack, int Hostile, double Accuracy, double? BackdoorSuccess);

/// <param name="Rounds">Of every run.</param>
public sealed record RobustnessFigure(
    string Task, int Participants, int Rounds, int Seed, double Seconds, IReadOnlyList<RobustnessRow> Rows);
