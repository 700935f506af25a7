namespace Fed.Core.Robust;

/// <summary>What a rule decided after its first pass: weights of whole updates, or a reduction of columns.</summary>
internal abstract record RobustPlan
{
    /// <summary>Aggregate = sum of factor_i x_i / divisor.</summary>
    /// <param name="Factors">0 to 2^31 - 1, at most 2^32 together (so that no sum passes 2^63); 0 leaves an update
    /// out.</param>
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
