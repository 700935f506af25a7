namespace Fed.Core.Staleness;

/// <summary>s(t) = 1 up to b, then 1 / (a (t-b) + 1) (Xie 2019, section 5.2).</summary>
public sealed class HingeStaleness : IStalenessFunction
{
    private readonly double _a;
    private readonly double _b;

    /// <param name="a">Above 0.</param>
    /// <param name="b">At least 0.</param>
    public HingeStaleness(double a, double b)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(a);
        ArgumentOutOfRangeException.ThrowIfNegative(b);
        _a = a;
        _b = b;
    }

    public double Weight(long staleness) => staleness <= _b ? 1 : 1 / (_a * (staleness - _b) + 1);
}
