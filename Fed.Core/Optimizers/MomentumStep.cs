using System.Numerics;

namespace Fed.Core.Optimizers;

/// <summary>FedAvgM (Hsu 2019): m = beta m + D; x += eta m.</summary>
public sealed class MomentumStep : IServerOptimizer
{
    private readonly Rule _rule;

    /// <param name="learningRate">eta, finite, above 0.</param>
    /// <param name="beta">0 to below 1.</param>
    public MomentumStep(double learningRate, double beta) =>
        _rule = new Rule(StepParameters.Rate(learningRate), StepParameters.Decay(beta));

    public int Moments => 1;

    public float InitialSecondMoment => 0;

    public void Step(ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second) =>
        MomentLoop.Run(_rule, mean, parameters, first, second);

    private readonly struct Rule(double learningRate, double beta) : IMomentRule
    {
        public Vector<double> First(Vector<double> m, Vector<double> d) => beta * m + d;

        public Vector<double> Second(Vector<double> v, Vector<double> d) => v;

        public Vector<double> Next(Vector<double> x, Vector<double> m, Vector<double> v) => x + learningRate * m;
    }
}
