using Fed.Core.Text;

namespace Fed.Core.Robust;

/// <summary>Aggregation rules by their text, as settings name them.</summary>
public static class RobustRules
{
    /// <summary>The weighted mean, which is no robust rule.</summary>
    public const string Mean = "mean";

    public const string Forms = "mean, median, trimmed-mean:k (k updates a side, or a fraction below 0.5), krum:f, "
        + "multi-krum:f[,m], bulyan:f, norm-bound:C, geometric-median[:iterations[,nu]], "
        + "centred-clipping:tau[,iterations], foolsgold or fltrust";

    /// <param name="text">For example <c>krum:1</c>; docs/robustness.md.</param>
    /// <returns>Null for the mean.</returns>
    /// <exception cref="ArgumentException">Unknown name, or a parameter is missing or out of range.</exception>
    public static IRobustRule? Parse(string text) => NameWithNumbers.TryParse(text, out var name, out var numbers)
        ? (name, numbers) switch
        {
            (Mean, []) => null,
            ("median", []) => new CoordinateMedian(),
            ("trimmed-mean", [> 0 and < 1 and var fraction]) => TrimmedMean.OfFraction(fraction),
            ("trimmed-mean", [var count]) => TrimmedMean.OfCount(Whole(text, count)),
            ("krum", [var hostile]) => new Krum(Whole(text, hostile)),
            ("multi-krum", [var hostile]) => new MultiKrum(Whole(text, hostile)),
            ("multi-krum", [var hostile, var selected]) => new MultiKrum(Whole(text, hostile), Whole(text, selected)),
            ("bulyan", [var hostile]) => new Bulyan(Whole(text, hostile)),
            ("norm-bound", [var norm]) => new NormBound(norm),
            ("geometric-median", []) => new GeometricMedian(),
            ("geometric-median", [var iterations]) => new GeometricMedian(Whole(text, iterations)),
            ("geometric-median", [var iterations, var smoothing]) =>
                new GeometricMedian(Whole(text, iterations), smoothing),
            ("centred-clipping", [var radius]) => new CentredClipping(radius),
            ("centred-clipping", [var radius, var iterations]) => new CentredClipping(radius, Whole(text, iterations)),
            ("foolsgold", []) => new FoolsGold(),
            ("fltrust", []) => new FlTrust(),
            _ => throw Unknown(text),
        }
        : throw Unknown(text);

    private static int Whole(string text, double number) => number >= 0 && number <= int.MaxValue && number % 1 == 0
        ? (int)number
        : throw new ArgumentException($"rule '{text}' has parameter {number}; it must be a whole number, 0 or above");

    private static ArgumentException Unknown(string text) => new($"rule '{text}' is not known; use {Forms}");
}
