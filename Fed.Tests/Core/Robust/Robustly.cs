using Fed.Core.Aggregation;
using Fed.Core.Robust;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Robust;

/// <summary>Aggregates of vectors by a rule, as a fold worker makes them.</summary>
internal static class Robustly
{
    public const long Weight = 256;

    /// <summary>The result S / (W 2^f).</summary>
    public static double[] Aggregate(
        IRobustRule rule, float[][] deltas, Grid? grid = null, string codec = "float32", float[]? reference = null)
    {
        var inputs = deltas.Select(delta => Input(delta, codec)).ToArray();
        return Mean(rule, inputs, grid ?? UpdateFiles.Grid, reference);
    }

    public static RobustInput Input(float[] delta, string codec = "float32", long factor = Weight)
    {
        var file = UpdateFiles.Build(delta, codec);
        return new RobustInput(UpdateFiles.Open(file), Hashes.Of(file), factor, factor);
    }

    public static double[] Mean(IRobustRule rule, RobustInput[] inputs, Grid grid, float[]? reference = null)
    {
        var sums = Sums(rule, inputs, grid, 1, reference);
        return [.. sums.Select(sum => sum * grid.Step / inputs.Sum(input => input.Divisor))];
    }

    public static long[] Sums(
        IRobustRule rule, RobustInput[] inputs, Grid grid, int threads = 1, float[]? reference = null)
    {
        var root = reference is null ? null : UpdateFiles.Open(UpdateFiles.Build(reference));
        var fold = RobustFold.Open(inputs, grid, rule, root, threads);
        var sums = new long[fold.Dimension];
        for (var block = 0; block < fold.BlockCount; block++)
            fold.Sum(block, sums.AsSpan(block * fold.BlockLength, fold.LengthOf(block)));
        return sums;
    }

    /// <summary>Normally distributed around a centre; hostile ones, the first, with three times the spread.</summary>
    public static float[][] Noisy(int seed, int updates, int hostile, int length, float centre, double noise)
    {
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
        return [.. Enumerable.Range(0, updates).Select(u => Enumerable.Range(0, length)
            .Select(_ => (float)(centre + Normal() * noise * (u < hostile ? 3 : 1))).ToArray())];
    }

    public static void AssertNear(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"[{i}] {expected[i]} and {actual[i]}");
    }
}
