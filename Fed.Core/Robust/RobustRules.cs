using Fed.Core.Blocks;
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

/// <summary>One way to combine updates of which some may be hostile (docs/robustness.md). Stateless.</summary>
public interface IRobustRule
{
    /// <summary>The name in settings.</summary>
    string Name { get; }

    /// <summary>What a first pass over the blocks must measure.</summary>
    GeometryNeeds Needs { get; }

    /// <summary>Fewer updates cannot outvote what the rule is to withstand. At least 1.</summary>
    int Least => 1;

    /// <summary>Whether the rule judges updates by one that is trusted.</summary>
    bool NeedsReference => Needs.HasFlag(GeometryNeeds.Reference);

    /// <summary>The bound that <see cref="Least"/> comes from, as the rule's paper writes it.</summary>
    string Bound => "n >= 1";

    /// <exception cref="ArgumentException">There are fewer; the message names property, value, bound
    /// and remedy.</exception>
    void RequireEnough(int updates)
    {
        if (updates < Least)
        {
            throw new ArgumentException(
                $"{Name}: updates n is {updates}; {Bound} must hold, so n must be at least {Least}: raise the tier's "
                + "goal and quorum, or lower what the rule withstands");
        }
    }

    /// <summary>What the second pass does, for updates in canonical order.</summary>
    /// <param name="geometry">Measured as <see cref="Needs"/> says; null if it says nothing.</param>
    internal RobustPlan Plan(IReadOnlyList<RobustInput> inputs, Geometry? geometry);
}

/// <summary>What a rule must know of its updates as whole vectors before it can combine them.</summary>
[Flags]
public enum GeometryNeeds
{
    /// <summary>Nothing: each parameter is judged for itself.</summary>
    None = 0,

    /// <summary>|x_i|^2: K D operations.</summary>
    Norms = 1,

    /// <summary>|x_i - x_j|^2 of all pairs: K (K-1) / 2 D operations.</summary>
    Distances = 2,

    /// <summary>x_i . x_j of all pairs: K (K-1) / 2 D operations.</summary>
    Products = 4,

    /// <summary>An update of the server's own stands beside the others.</summary>
    Reference = 8,
}

/// <summary>One update that a robust rule judges.</summary>
/// <param name="Hash">The update's own name, its SHA-256: ties are broken by it, never by position.</param>
/// <param name="File">An update, or the sums of a partial aggregate: its mean is judged as one update.</param>
/// <param name="Factor">W_i s_i, what rules that go by weight count it by; at least 0.</param>
/// <param name="Divisor">What it adds to W, the divisor of the aggregate; at least 0.</param>
public readonly record struct RobustInput(BlockFileReader File, string Hash, long Factor, long Divisor);

/// <summary>What a rule decided after its first pass: weights of whole updates, or a reduction of columns.</summary>
internal abstract record RobustPlan
{
    /// <summary>Aggregate = sum of factor_i x_i / divisor.</summary>
    /// <param name="Factors">0 to 2^31 - 1, at most 2^32 together (so that no sum passes 2^63); 0 leaves an
    /// update out.</param>
    /// <param name="Divisor">Above 0.</param>
    public sealed record Weighted(long[] Factors, double Divisor) : RobustPlan;

    /// <summary>Each parameter for itself, among the members' values.</summary>
    public sealed record Columns(int[] Members, IColumnReduction Reduction) : RobustPlan;

    /// <summary>The plain mean of some updates, each counted once.</summary>
    public static Weighted MeanOf(IEnumerable<int> members, int updates)
    {
        var factors = new long[updates];
        foreach (var member in members)
            factors[member] = 1;
        return new Weighted(factors, factors.Sum());
    }

    /// <summary>Coefficients as integers of 31 bits, scaled by a power of two: exact to 2^-31 of the largest.</summary>
    /// <param name="coefficients">0 or above, finite.</param>
    /// <param name="divisor">Above 0.</param>
    public static Weighted Of(IReadOnlyList<double> coefficients, double divisor)
    {
        var largest = coefficients.Max();
        if (largest == 0)
            return new Weighted(new long[coefficients.Count], 1);
        var room = Math.Min(int.MaxValue / largest, (uint.MaxValue - coefficients.Count) / coefficients.Sum());
        var scale = Math.ScaleB(1, Math.ILogB(room));
        return new Weighted(
            [.. coefficients.Select(value => (long)Math.Round(value * scale, MidpointRounding.ToEven))],
            divisor * scale);
    }
}

/// <summary>Refusals that name property, value, bound and remedy.</summary>
internal static class Bounds
{
    /// <exception cref="ArgumentException">The value is not a finite number above 0.</exception>
    public static double Positive(string rule, string property, double value) => value > 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentException($"{rule}.{property} is {value}; it must be a finite number above 0");

    /// <exception cref="ArgumentException">The value is out of range.</exception>
    public static int Within(string rule, string property, int value, int least, int most) =>
        value >= least && value <= most
            ? value
            : throw new ArgumentException($"{rule}.{property} is {value}; it must be {least} to {most}");
}
