using System.Numerics;

namespace Fed.Core.Optimizers;

/// <summary>x += eta D: FedAvg for eta = 1 (McMahan 2017), FedAsync's mixing for eta = alpha (Xie 2019).</summary>
public sealed class PlainStep : IServerOptimizer
{
    private readonly double _learningRate;

    /// <param name="learningRate">eta, finite, above 0.</param>
    public PlainStep(double learningRate) => _learningRate = StepParameters.Rate(learningRate);

    public int Moments => 0;

    public float InitialSecondMoment => 0;

    public void Step(ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second)
    {
        var i = 0;
        for (; i <= parameters.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var x = parameters.Slice(i, Vector<float>.Count);
            Vector.Widen(new Vector<float>(x), out var low, out var high);
            low += _learningRate * new Vector<double>(mean[i..]);
            high += _learningRate * new Vector<double>(mean[(i + Vector<double>.Count)..]);
            Vector.Narrow(low, high).CopyTo(x);
        }

        for (; i < parameters.Length; i++)
            parameters[i] = (float)(parameters[i] + _learningRate * mean[i]);
    }
}
