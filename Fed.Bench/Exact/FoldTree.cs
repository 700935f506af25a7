using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.IO;
using Fed.Core.Optimizers;

namespace Fed.Bench.Exact;

/// <summary>A contribution on its way up a tree: its file and what it adds to the divisor.</summary>
internal readonly record struct Leaf(BlockFileReader File, long Factor, long Weight);

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
        var step = new ModelStep(grid, tier.Sum(leaf => leaf.Weight), new PlainStep(1), fold.Shape.BlockLength);
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
        var weight = group.Sum(leaf => leaf.Weight);
        var fold = Fold(group);
        using var stream = new MemoryStream();
        var writer = new SumsWriter(stream, fold.Shape.Dimension, weight, group.Length, Name, fold.Shape.LayoutHash);
        fold.Run(
            new BlockRange(0, fold.Shape.BlockCount), (_, sums) => writer.Write(sums), CancellationToken.None);
        writer.Complete();
        var file = new BlockFileReader(new MemoryReader(stream.ToArray()));
        return new Leaf(file, IntegerWeight.One, IntegerWeight.One * weight);
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
