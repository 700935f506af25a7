using System.Numerics;
using Fed.Core.Optimizers;

namespace Fed.Core.Aggregation;

/// <summary>One block of sums into one block of the next model. Element-wise, so blocks are independent.</summary>
public sealed class ModelStep
{
    private readonly IServerOptimizer _optimizer;
    private readonly double _divisor;
    private readonly double[] _mean;

    /// <param name="divisor">W, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">W is not above 0: there is nothing to divide by.</exception>
    public ModelStep(Grid grid, long divisor, IServerOptimizer optimizer, int blockLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(divisor, 1);
        _optimizer = optimizer;
        _divisor = (double)divisor * grid.Scale;
        _mean = new double[blockLength];
    }

    /// <summary>mean = S / (W 2^f) in double, then the optimiser's step on the parameters, in place.</summary>
    /// <param name="first">First moments of this block; empty unless the optimiser keeps them.</param>
    /// <param name="second">Second moments of this block; empty unless the optimiser keeps them.</param>
    public void Apply(ReadOnlySpan<long> sums, Span<float> parameters, Span<float> first, Span<float> second)
    {
        var mean = _mean.AsSpan(0, sums.Length);
        var i = 0;
        for (; i <= mean.Length - Vector<long>.Count; i += Vector<long>.Count)
            (Vector.ConvertToDouble(new Vector<long>(sums[i..])) / _divisor).CopyTo(mean[i..]);
        for (; i < mean.Length; i++)
            mean[i] = sums[i] / _divisor;
        _optimizer.Step(mean, parameters, first, second);
    }
}

/// <summary>A cluster's model may keep a part of its own direction (design section 4).</summary>
public static class Specialisation
{
    /// <summary>own = (1-b) global + b own, in double, rounded once.</summary>
    /// <param name="b">0 (the global model) to below 1.</param>
    public static void Mix(ReadOnlySpan<float> global, double b, Span<float> own)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(own.Length, global.Length);
        for (var i = 0; i < own.Length; i++)
            own[i] = (float)((1 - b) * global[i] + b * own[i]);
    }
}
