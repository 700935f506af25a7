using System.CommandLine;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.IO;
using Fed.Core.Optimizers;

namespace Fed.Bench;

/// <summary><c>fed bench exact</c>: one model, bit for bit, from every order, tree and number of threads.</summary>
internal static class ExactCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var full = new Option<bool>("--full") { Description = "10,000 shuffles; else 1,000" };
        var command = new Command("exact", "shuffles x trees x threads: SHA-256 of the models, and the cost")
        {
            json, full,
        };
        command.SetAction(parsed =>
        {
            var figure = ExactBench.Run(parsed.GetValue(full) ? 10_000 : 1_000);
            Console.WriteLine($"orders                       {figure.Orders}");
            Console.WriteLine($"folds                        {figure.Folds}");
            Console.WriteLine($"distinct SHA-256             {figure.DistinctHashes}");
            Console.WriteLine($"  of plain float32 sums      {figure.PlainDistinctHashes}");
            Console.WriteLine($"cost / plain float32 sum     {figure.CostRatio:0.00}");
            JsonFile.Write(parsed.GetValue(json), figure);
            return figure.DistinctHashes == 1 ? 0 : 1;
        });
        return command;
    }
}

/// <summary>What <c>fed bench exact</c> found.</summary>
/// <param name="Orders">Shuffles; each is folded by trees of depth 1, 2 and 3, on 1 and on 2 threads.</param>
/// <param name="Folds">Models that came of it.</param>
/// <param name="DistinctHashes">Different SHA-256 of those models.</param>
/// <param name="PlainDistinctHashes">Different SHA-256 when float32 values are simply added in the same orders.</param>
/// <param name="CostRatio">Clock time of our fold of K float32 files on one thread / that of
/// <c>sum += w x</c> in float32 over the same K vectors.</param>
internal sealed record ExactFigure(
    int Orders, int Folds, int DistinctHashes, int PlainDistinctHashes, double CostRatio);

/// <summary>
/// Whether any order, tree or number of threads changes a bit of a model, and what that certainty costs.
/// </summary>
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

/// <summary>A contribution on its way up a tree: its file and what it adds to the divisor.</summary>
internal readonly record struct Leaf(BlockFileReader File, long Factor, long Divisor);

/// <summary>Folds contributions through tiers of random groups to the next model.</summary>
internal sealed class FoldTree(Grid grid, int threads)
{
    private static readonly string Name = new('a', 64);

    /// <summary>SHA-256 of the next model's values.</summary>
    /// <param name="depth">1: all in one fold; each tier more groups them first, at random.</param>
    public string Hash(IReadOnlyList<Leaf> leaves, int depth, Random random)
    {
        var tier = leaves;
        for (; depth > 1; depth--)
            tier = [.. Groups(tier, random).Select(Aggregate)];
        var fold = Fold(tier);
        var parameters = new float[fold.Shape.Dimension];
        var step = new ModelStep(grid, tier.Sum(leaf => leaf.Divisor), new PlainStep(1), fold.Shape.BlockLength);
        fold.Run(
            new BlockRange(0, fold.Shape.BlockCount),
            (block, sums) => step.Apply(
                sums, parameters.AsSpan(block * fold.Shape.BlockLength, sums.Length), [], []),
            CancellationToken.None);
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(parameters)));
    }

    private ThreadedFold Fold(IReadOnlyList<Leaf> tier) =>
        new(new BlockFold([.. tier.Select(leaf => new FoldInput(leaf.File, leaf.Factor))], grid), threads);

    /// <summary>A partial aggregate, written and opened as the tier above gets it.</summary>
    private Leaf Aggregate(Leaf[] group)
    {
        var divisor = group.Sum(leaf => leaf.Divisor);
        var fold = Fold(group);
        using var stream = new MemoryStream();
        var writer = new SumsWriter(stream, fold.Shape.Dimension, divisor, group.Length, Name, fold.Shape.LayoutHash);
        fold.Run(
            new BlockRange(0, fold.Shape.BlockCount), (_, sums) => writer.Write(sums), CancellationToken.None);
        writer.Complete();
        var file = new BlockFileReader(new MemoryReader(stream.ToArray()));
        return new Leaf(file, IntegerWeight.One, IntegerWeight.One * divisor);
    }

    private static IEnumerable<Leaf[]> Groups(IReadOnlyList<Leaf> tier, Random random)
    {
        for (var i = 0; i < tier.Count;)
        {
            var count = Math.Min(tier.Count - i, random.Next(1, 7));
            yield return [.. tier.Skip(i).Take(count)];
            i += count;
        }
    }
}
