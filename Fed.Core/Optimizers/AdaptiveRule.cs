using System.Numerics;

namespace Fed.Core.Optimizers;

/// <summary>m = b1 m + (1-b1) D; v by <typeparamref name="TSecond"/>; x += eta m / (sqrt(v) + tau).</summary>
internal readonly struct AdaptiveRule<TSecond>(AdaptiveRates rates, TSecond second) : IMomentRule
    where TSecond : struct, ISecondMoment
{
    private readonly double _eta = rates.LearningRate;
    private readonly double _beta1 = rates.Beta1;
    private readonly double _rest = 1 - rates.Beta1;
    private readonly Vector<double> _tau = new(rates.Tau);

    public Vector<double> First(Vector<double> m, Vector<double> d) => _beta1 * m + _rest * d;

    public Vector<double> Second(Vector<double> v, Vector<double> d) => second.Next(v, d);

    public Vector<double> Next(Vector<double> x, Vector<double> m, Vector<double> v) =>
        x + _eta * m / (Vector.SquareRoot(v) + _tau);
}
