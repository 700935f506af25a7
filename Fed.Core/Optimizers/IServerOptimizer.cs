namespace Fed.Core.Optimizers;

/// <summary>Turns a mean delta into a step on the model (Reddi 2021, Algorithm 2). Element-wise, in double.</summary>
public interface IServerOptimizer
{
    /// <summary>Moment vectors that it keeps between versions: 0, 1 (first) or 2 (first and second).</summary>
    int Moments { get; }

    /// <summary>What the second moment starts from.</summary>
    float InitialSecondMoment { get; }

    /// <param name="mean">The mean delta of the block.</param>
    /// <param name="parameters">The block of the model, changed in place.</param>
    /// <param name="first">First moments, changed in place; empty unless <see cref="Moments"/> is 1 or 2.</param>
    /// <param name="second">Second moments, changed in place; empty unless <see cref="Moments"/> is 2.</param>
    void Step(ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second);
}
