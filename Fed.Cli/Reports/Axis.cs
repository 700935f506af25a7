namespace Fed.Cli.Reports;

/// <summary>A linear scale from values to a side of the drawing, with round ticks.</summary>
public sealed class Axis
{
    private readonly double _from;
    private readonly double _to;

    /// <param name="low">Least value shown.</param>
    /// <param name="high">Greatest value that must fit; the axis ends at the tick at or above it.</param>
    /// <param name="from">Coordinate of the least value.</param>
    /// <param name="to">Coordinate of the greatest.</param>
    /// <param name="ticks">About how many ticks, at least 2.</param>
    public Axis(double low, double high, double from, double to, int ticks)
    {
        _from = from;
        _to = to;
        Low = low;
        Step = RoundStep((Math.Max(high - low, 1e-9)) / Math.Max(ticks, 2));
        High = low + Step * Math.Max(1, Math.Ceiling((high - low) / Step - 1e-9));
    }

    public double Low { get; }

    public double High { get; }

    public double Step { get; }

    public IEnumerable<double> Ticks =>
        Enumerable.Range(0, (int)Math.Round((High - Low) / Step) + 1).Select(i => Low + i * Step);

    public double At(double value) => _from + (value - Low) / (High - Low) * (_to - _from);

    /// <summary>1, 2 or 5 times a power of ten, at or above the value.</summary>
    private static double RoundStep(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        var lead = value / power;
        return power * (lead <= 1 + 1e-9 ? 1 : lead <= 2 + 1e-9 ? 2 : lead <= 5 + 1e-9 ? 5 : 10);
    }
}
