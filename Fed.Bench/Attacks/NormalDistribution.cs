namespace Fed.Bench.Attacks;

/// <summary>The standard normal distribution.</summary>
public static class NormalDistribution
{
    private const double Furthest = 8;

    /// <summary>Phi(x), by its series around 0 (Marsaglia 2004, "Evaluating the Normal Distribution"); |x| at most
    /// 8.</summary>
    public static double Cumulative(double x)
    {
        var (sum, term) = (x, x);
        for (var i = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); i += 2)
        {
            term *= x * x / i;
            sum += term;
        }

        return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(Math.Tau);
    }

    /// <summary>Phi^-1(p), by bisection; p above 0 and below 1.</summary>
    public static double Quantile(double p)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(p, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(p, 1);
        var (low, high) = (-Furthest, Furthest);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Cumulative(middle) < p ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }
}
