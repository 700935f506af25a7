using System.Numerics;

namespace Fed.Core.Optimizers;

/// <summary>
/// FedAdagrad (Reddi 2021, Algorithm 2): m = b1 m + (1-b1) D; v += D^2; x += eta m / (sqrt(v) + tau).
/// v starts at tau^2 and only grows, so steps shrink for good; the paper runs it with b1 = 0.
/// </summary>
public sealed class AdagradStep : IServerOptimizer
{
    private readonly AdaptiveRule<Squares> _rule;

    /// <param name="learningRate">eta, above 0.</param>
    /// <param name="beta1">0 to below 1.</param>
    /// <param name="tau">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range.</exception>
    public AdagradStep(double learningRate, double beta1, double tau)
    {
        var rates = new AdaptiveRates(learningRate, beta1, beta2: 0, tau);
        _rule = new(rates, new Squares());
        InitialSecondMoment = rates.InitialSecondMoment;
    }

    public int Moments => 2;

    public float InitialSecondMoment { get; }

    public void Step(ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second) =>
        MomentLoop.Run(_rule, mean, parameters, first, second);

    private readonly struct Squares : ISecondMoment
    {
        public Vector<double> Next(Vector<double> v, Vector<double> d) => v + d * d;
    }
}
