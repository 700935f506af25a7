namespace Fed.Cli.Reports;

/// <summary>Points of one colour.</summary>
/// <param name="Style">Class of the page's style sheet, <c>s0</c> to <c>s5</c>.</param>
public sealed record Series(string Name, string Style, IReadOnlyList<(double X, double Y)> Points);
