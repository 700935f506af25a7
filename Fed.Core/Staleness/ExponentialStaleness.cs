namespace Fed.Core.Staleness;

/// <summary>s(t) = e^(-a t).</summary>
public sealed class ExponentialStaleness : IStalenessFunction
{
    private readonly double _a;

    /// <param name="a">Above 0.</param>
    public ExponentialStaleness(double a)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(a);
        _a = a;
    }

    public double Weight(long staleness) => Math.Exp(-_a * staleness);
}
