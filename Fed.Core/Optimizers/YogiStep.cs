using System.Numerics;

namespace Fed.Core.Optimizers;

/// <summary>
/// FedYogi (Reddi 2021, Algorithm 2): m = b1 m + (1-b1) D; v -= (1-b2) D^2 sign(v - D^2);
/// x += eta m / (sqrt(v) + tau).
/// v starts at tau^2. It moves by at most (1-b2) D^2 a step, so a round of small deltas does not forget a large one.
/// </summary>
public sealed class YogiStep : IServerOptimizer
{
    private readonly AdaptiveRule<Squares> _rule;

    /// <param name="learningRate">eta, above 0.</param>
    /// <param name="beta1">0 to below 1.</param>
    /// <param name="beta2">0 to below 1.</param>
    /// <param name="tau">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range.</exception>
    public YogiStep(double learningRate, double beta1, double beta2, double tau)
    {
        var rates = new AdaptiveRates(learningRate, beta1, beta2, tau);
        _rule = new(rates, new Squares(rates.Beta2));
        InitialSecondMoment = rates.InitialSecondMoment;
    }

    public int Moments => 2;

    public float InitialSecondMoment { get; }

    public void Step(ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second) =>
        MomentLoop.Run(_rule, mean, parameters, first, second);

    private readonly struct Squares(double beta2) : ISecondMoment
    {
        private readonly double _rest = 1 - beta2;

        public Vector<double> Next(Vector<double> v, Vector<double> d)
        {
            var square = d * d;
            var change = _rest * square;
            var smaller = Vector.ConditionalSelect(Vector.GreaterThan(v, square), v - change, v);
            return Vector.ConditionalSelect(Vector.LessThan(v, square), v + change, smaller);
        }
    }
}
