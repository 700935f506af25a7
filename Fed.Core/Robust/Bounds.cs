namespace Fed.Core.Robust;

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
