using System.Numerics.Tensors;

namespace Fed.Core.Aggregation;

/// <summary>
/// How far apart the updates of a fold are: the weighted standard deviation of the deltas over the norm of their mean,
/// by sum of w |D - mean|^2 = sum of w |D|^2 - W |mean|^2. 0: all are equal; 1: what they disagree on is as long as what
/// they agree on. It grows with unlike data (client drift) and with whoever sends something else than the others.
/// </summary>
public static class Dispersion
{
    /// <param name="norms">L2 norms of the deltas; 0: not known.</param>
    /// <param name="weights">W_i, at least 0, as many.</param>
    /// <param name="sumNorm">L2 norm of the sum of W_i D_i; 0: not known.</param>
    /// <returns>At least 0; null where something is not known, or the mean is zero.</returns>
    public static double? Of(ReadOnlySpan<double> norms, ReadOnlySpan<long> weights, double sumNorm)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, norms.Length);
        var (total, squares) = (0.0, 0.0);
        for (var i = 0; i < norms.Length; i++)
        {
            if (norms[i] == 0)
                return null;
            total += weights[i];
            squares += weights[i] * norms[i] * norms[i];
        }

        if (total == 0 || sumNorm == 0)
            return null;
        var mean = sumNorm / total;
        // The grid's rounding can make the mean of equal updates a little longer than they are.
        return Math.Sqrt(Math.Max(0, squares / total - mean * mean)) / mean;
    }
}

/// <summary>The L2 norm of a fold's sums, gathered block by block.</summary>
public sealed class SumNorm(Grid grid, int blockLength)
{
    private readonly double[] _block = new double[blockLength];
    private double _squares;

    /// <summary>In units of deltas: S / 2^f.</summary>
    public double Value => Math.Sqrt(_squares) / grid.Scale;

    public void Add(ReadOnlySpan<long> sums)
    {
        var block = _block.AsSpan(0, sums.Length);
        TensorPrimitives.ConvertTruncating(sums, block);
        _squares += TensorPrimitives.SumOfSquares<double>(block);
    }
}
