namespace Fed.Core.Optimizers;

/// <summary>FedAvgM (Hsu 2019): m = beta m + D; x += eta m.</summary>
public sealed class MomentumStep : IServerOptimizer
{
    private readonly double _learningRate;
    private readonly double _beta;

    /// <param name="learningRate">eta, above 0.</param>
    /// <param name="beta">0 to below 1.</param>
    public MomentumStep(double learningRate, double beta)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(learningRate);
        ArgumentOutOfRangeException.ThrowIfNegative(beta);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta, 1);
        _learningRate = learningRate;
        _beta = beta;
    }

    public int Moments => 1;

    public float InitialSecondMoment => 0;

    public void Step(ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            first[i] = (float)(_beta * first[i] + mean[i]);
            parameters[i] = (float)(parameters[i] + _learningRate * first[i]);
        }
    }
}
