using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fed.Bench.Fold;
using Fed.Core.Aggregation;

namespace Fed.Bench.Exact;

/// <summary>Whether any order, tree or number of threads changes a bit of a model, and what that certainty
/// costs.</summary>
internal static class ExactBench
{
    /// <summary>Two blocks and a short one.</summary>
    private const int Dimension = 2 * 8192 + 1234;

    private const int CostDimension = 2_000_000;
    private const int CostUpdates = 20;
    private static readonly Grid Grid = new(20, 8f);

    public static ExactFigure Run(int orders)
    {
        // Two updates of every codec: sums of what each decodes to.
        float[][] vectors = [FoldInputs.Vector(Dimension, 1), FoldInputs.Vector(Dimension, 2)];
        var leaves = FoldBench.Codecs
            .SelectMany(codec => FoldInputs.Open(FoldInputs.Encode(codec, vectors, 2)))
            .Select((input, i) => new Leaf(input.File, 25_600 + 7 * i, 25_600 + 7 * i))
            .ToArray();
        var random = new Random(1);
        var hashes = new HashSet<string>();
        var plain = new HashSet<string>();
        FoldTree[] trees = [new(Grid, threads: 1), new(Grid, threads: 2)];
        var plainVectors = leaves.Select((_, i) => FoldInputs.Vector(Dimension, i + 1)).ToArray();
        var order = Enumerable.Range(0, leaves.Length).ToArray();
        var folds = 0;
        for (var i = 0; i < orders; i++)
        {
            random.Shuffle(order);
            var shuffled = order.Select(index => leaves[index]).ToArray();
            foreach (var tree in trees)
            {
                for (var depth = 1; depth <= 3; depth++, folds++)
                    hashes.Add(tree.Hash(shuffled, depth, random));
            }

            var sum = new float[Dimension];
            PlainSum(order.Select(index => plainVectors[index]), sum);
            plain.Add(Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(sum))));
        }

        return new ExactFigure(orders, folds, hashes.Count, plain.Count, CostRatio());
    }

    private static void PlainSum(IEnumerable<float[]> vectors, float[] sum)
    {
        foreach (var vector in vectors)
            TensorPrimitives.MultiplyAdd(vector, 0.05f, sum, sum);
    }

    /// <summary>Least time of each over rounds of both in turn.</summary>
    private static double CostRatio()
    {
        var vectors = Enumerable.Range(1, CostUpdates).Select(i => FoldInputs.Vector(CostDimension, i)).ToArray();
        var inputs = FoldInputs.Open(FoldInputs.Encode("float32", vectors, CostUpdates));
        var fold = new BlockFold(inputs, Grid);
        var sums = new long[fold.BlockLength];
        var sum = new float[CostDimension];
        var (ours, plain) = (double.PositiveInfinity, double.PositiveInfinity);
        for (var round = 0; round < 40; round++)
        {
            ours = Math.Min(ours, Measure.Both(() =>
            {
                for (var block = 0; block < fold.BlockCount; block++)
                    fold.Sum(block, sums.AsSpan(0, fold.LengthOf(block)));
            }).Clock);
            plain = Math.Min(plain, Measure.Both(() =>
            {
                Array.Clear(sum);
                PlainSum(vectors, sum);
            }).Clock);
        }

        return ours / plain;
    }
}
