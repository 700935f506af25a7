namespace Fed.Core.Optimizers;

/// <summary>x += eta D: FedAvg for eta = 1 (McMahan 2017), FedAsync's mixing for eta = alpha (Xie 2019).</summary>
public sealed class PlainStep : IServerOptimizer
{
    private readonly double _learningRate;

    /// <param name="learningRate">eta, above 0.</param>
    public PlainStep(double learningRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(learningRate);
        _learningRate = learningRate;
    }

    public int Moments => 0;

    public float InitialSecondMoment => 0;

    public void Step(ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second)
    {
        for (var i = 0; i < parameters.Length; i++)
            parameters[i] = (float)(parameters[i] + _learningRate * mean[i]);
    }
}
