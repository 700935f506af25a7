namespace Fed.Core.Staleness;

/// <summary>s(t) = (t+1)^-a (Xie 2019, section 5.2; a = 0.5 is FedBuff's 1/sqrt(1+t), Nguyen 2022).</summary>
public sealed class PolynomialStaleness : IStalenessFunction
{
    private readonly double _a;

    /// <param name="a">Above 0.</param>
    public PolynomialStaleness(double a)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(a);
        _a = a;
    }

    public double Weight(long staleness) => Math.Pow(staleness + 1.0, -_a);
}
