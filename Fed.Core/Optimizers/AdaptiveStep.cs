using System.Numerics;

namespace Fed.Core.Optimizers;

/// <summary>
/// FedAdagrad, FedAdam and FedYogi (Reddi 2021, Algorithm 2): m = b1 m + (1-b1) D; v by the one formula in which they
/// differ; x += eta m / (sqrt(v) + tau). v starts at tau^2, for the paper asks for v at least tau^2; there is no bias
/// correction, as in the paper.
/// </summary>
public static class AdaptiveStep
{
    /// <summary>
    /// v += D^2. It only grows, so steps shrink for good; the paper runs FedAdagrad with b1 = 0.
    /// </summary>
    /// <param name="learningRate">eta, finite, above 0.</param>
    /// <param name="beta1">0 to below 1.</param>
    /// <param name="tau">Above 0, at most 1e9.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range.</exception>
    public static IServerOptimizer Adagrad(double learningRate, double beta1, double tau) =>
        new AdaptiveStep<AdagradMoment>(learningRate, beta1, new AdagradMoment(), tau);

    /// <summary>v = b2 v + (1-b2) D^2.</summary>
    /// <param name="learningRate">eta, finite, above 0.</param>
    /// <param name="beta1">0 to below 1.</param>
    /// <param name="beta2">0 to below 1.</param>
    /// <param name="tau">Above 0, at most 1e9.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range.</exception>
    public static IServerOptimizer Adam(double learningRate, double beta1, double beta2, double tau) =>
        new AdaptiveStep<AdamMoment>(learningRate, beta1, new AdamMoment(StepParameters.Decay(beta2)), tau);

    /// <summary>
    /// v -= (1-b2) D^2 sign(v - D^2). It moves by at most (1-b2) D^2 a step, so a round of small deltas does not forget
    /// a large one.
    /// </summary>
    /// <inheritdoc cref="Adam"/>
    public static IServerOptimizer Yogi(double learningRate, double beta1, double beta2, double tau) =>
        new AdaptiveStep<YogiMoment>(learningRate, beta1, new YogiMoment(StepParameters.Decay(beta2)), tau);

    private readonly struct AdagradMoment : ISecondMoment
    {
        public Vector<double> Next(Vector<double> v, Vector<double> d) => v + d * d;
    }

    private readonly struct AdamMoment(double beta2) : ISecondMoment
    {
        private readonly double _rest = 1 - beta2;

        public Vector<double> Next(Vector<double> v, Vector<double> d) => beta2 * v + _rest * d * d;
    }

    private readonly struct YogiMoment(double beta2) : ISecondMoment
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

/// <summary>The one formula in which the adaptive optimisers differ; a struct, so that the JIT compiles each.</summary>
internal interface ISecondMoment
{
    /// <summary>The next v, at least 0, from the last and the mean delta D.</summary>
    Vector<double> Next(Vector<double> v, Vector<double> d);
}

/// <summary>What the adaptive optimisers share: all but the second moment's formula.</summary>
internal sealed class AdaptiveStep<TSecond> : IServerOptimizer
    where TSecond : struct, ISecondMoment
{
    private readonly Rule _rule;

    public AdaptiveStep(double learningRate, double beta1, TSecond second, double tau)
    {
        _rule = new Rule(
            StepParameters.Rate(learningRate), StepParameters.Decay(beta1), second, StepParameters.Floor(tau));
        InitialSecondMoment = (float)(tau * tau);
    }

    public int Moments => 2;

    public float InitialSecondMoment { get; }

    public void Step(ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second) =>
        MomentLoop.Run(_rule, mean, parameters, first, second);

    private readonly struct Rule(double eta, double beta1, TSecond second, double tau) : IMomentRule
    {
        private readonly double _rest = 1 - beta1;
        private readonly Vector<double> _tau = new(tau);

        public Vector<double> First(Vector<double> m, Vector<double> d) => beta1 * m + _rest * d;

        public Vector<double> Second(Vector<double> v, Vector<double> d) => second.Next(v, d);

        public Vector<double> Next(Vector<double> x, Vector<double> m, Vector<double> v) =>
            x + eta * m / (Vector.SquareRoot(v) + _tau);
    }
}
