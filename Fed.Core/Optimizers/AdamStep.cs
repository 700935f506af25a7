using System.Numerics;

namespace Fed.Core.Optimizers;

/// <summary>
/// FedAdam (Reddi 2021, Algorithm 2): m = b1 m + (1-b1) D; v = b2 v + (1-b2) D^2; x += eta m / (sqrt(v) + tau).
/// v starts at tau^2 and there is no bias correction, as in the paper.
/// </summary>
public sealed class AdamStep : IServerOptimizer
{
    private readonly AdaptiveRule<Squares> _rule;

    /// <param name="learningRate">eta, above 0.</param>
    /// <param name="beta1">0 to below 1.</param>
    /// <param name="beta2">0 to below 1.</param>
    /// <param name="tau">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range.</exception>
    public AdamStep(double learningRate, double beta1, double beta2, double tau)
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

        public Vector<double> Next(Vector<double> v, Vector<double> d) => beta2 * v + _rest * d * d;
    }
}
