using Fed.Core.Text;

namespace Fed.Core.Aggregation;

/// <summary>s(t): how much a contribution counts whose base is t versions old. s(0) = 1; never increasing.</summary>
public interface IStalenessFunction
{
    /// <param name="staleness">t, at least 0.</param>
    /// <returns>0 to 1.</returns>
    double Weight(long staleness);
}

/// <summary>s(t) = 1 (Xie 2019, FedAsync, section 5.2).</summary>
public sealed class ConstantStaleness : IStalenessFunction
{
    public double Weight(long staleness) => 1;
}

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

/// <summary>Staleness functions by their text, as settings name them.</summary>
public static class StalenessFunctions
{
    public const string Forms = "constant, polynomial:a, hinge:a,b or exponential:a";

    /// <param name="text">For example <c>polynomial:0.5</c>.</param>
    /// <exception cref="ArgumentException">Unknown name, or a parameter is missing or out of range.</exception>
    public static IStalenessFunction Parse(string text) => NameWithNumbers.TryParse(text, out var name, out var numbers)
        ? (name, numbers) switch
        {
            ("constant", []) => new ConstantStaleness(),
            ("polynomial", [> 0 and var a]) => new PolynomialStaleness(a),
            ("hinge", [> 0 and var a, >= 0 and var b]) => new HingeStaleness(a, b),
            ("exponential", [> 0 and var a]) => new ExponentialStaleness(a),
            _ => throw Unknown(text),
        }
        : throw Unknown(text);

    private static ArgumentException Unknown(string text) =>
        new($"staleness '{text}' is not known; use {Forms}, with a above 0 and b at least 0");
}
