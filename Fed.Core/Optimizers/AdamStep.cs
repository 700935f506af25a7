namespace Fed.Core.Optimizers;

/// <summary>
/// FedAdam (Reddi 2021, Algorithm 2): m = b1 m + (1-b1) D; v = b2 v + (1-b2) D^2; x += eta m / (sqrt(v) + tau).
/// v starts at tau^2 and there is no bias correction, as in the paper.
/// </summary>
public sealed class AdamStep : IServerOptimizer
{
    private readonly double _learningRate;
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _tau;

    /// <param name="learningRate">eta, above 0.</param>
    /// <param name="beta1">0 to below 1.</param>
    /// <param name="beta2">0 to below 1.</param>
    /// <param name="tau">Above 0.</param>
    public AdamStep(double learningRate, double beta1, double beta2, double tau)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(learningRate);
        ArgumentOutOfRangeException.ThrowIfNegative(beta1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta1, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(beta2);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta2, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tau);
        (_learningRate, _beta1, _beta2, _tau) = (learningRate, beta1, beta2, tau);
    }

    public int Moments => 2;

    public float InitialSecondMoment => (float)(_tau * _tau);

    public void Step(ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            var delta = mean[i];
            first[i] = (float)(_beta1 * first[i] + (1 - _beta1) * delta);
            second[i] = (float)(_beta2 * second[i] + (1 - _beta2) * delta * delta);
            parameters[i] = (float)(parameters[i] + _learningRate * first[i] / (Math.Sqrt(second[i]) + _tau));
        }
    }
}
