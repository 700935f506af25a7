namespace Fed.Core.Optimizers;

/// <summary>What FedAdagrad, FedAdam and FedYogi share (Reddi 2021, Algorithm 2), checked.</summary>
internal readonly struct AdaptiveRates
{
    /// <param name="learningRate">eta, finite, above 0.</param>
    /// <param name="beta1">0 to below 1.</param>
    /// <param name="beta2">0 to below 1.</param>
    /// <param name="tau">Above 0, at most 1e9.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range.</exception>
    public AdaptiveRates(double learningRate, double beta1, double beta2, double tau)
    {
        LearningRate = StepParameters.Rate(learningRate);
        Beta1 = StepParameters.Decay(beta1);
        Beta2 = StepParameters.Decay(beta2);
        Tau = StepParameters.Floor(tau);
    }

    public double LearningRate { get; }

    public double Beta1 { get; }

    public double Beta2 { get; }

    public double Tau { get; }

    /// <summary>tau^2, what v starts from: the paper asks for v at least tau^2.</summary>
    public float InitialSecondMoment => (float)(Tau * Tau);
}
