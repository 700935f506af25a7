using System.Runtime.CompilerServices;

namespace Fed.Core.Optimizers;

/// <summary>Ranges of what server optimisers are made with; NaN is in none of them.</summary>
internal static class StepParameters
{
    private const double LargestTau = 1e9;

    /// <exception cref="ArgumentOutOfRangeException">Not a finite number above 0.</exception>
    public static double Rate(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value > 0 && double.IsFinite(value) ? value : throw Outside(name, value, "a finite number above 0");

    /// <exception cref="ArgumentOutOfRangeException">Not 0 to below 1.</exception>
    public static double Decay(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value is >= 0 and < 1 ? value : throw Outside(name, value, "0 to below 1");

    /// <exception cref="ArgumentOutOfRangeException">Not above 0 and at most 1e9.</exception>
    public static double Floor(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value is > 0 and <= LargestTau ? value : throw Outside(name, value, $"above 0, at most {LargestTau:0e0}");

    private static ArgumentOutOfRangeException Outside(string? name, double value, string range) =>
        new(name, value, $"the server optimiser's {name} is {value}; it must be {range}");
}
