using System.Numerics;
using Fed.Core.Aggregation;
using Fed.Core.Optimizers;
using Fed.Tests.Core.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Fed.Tests.Core.Aggregation;

/// <summary>
/// Design section 2: neither the order of arrival nor the shape of the tree can change one bit of a model.
/// </summary>
public sealed class FoldTreeTests
{
    private static readonly Gen<Case> Cases =
        from dimension in Gen.Frequency(
            (15, Gen.Choose(1, 40)), (1, Gen.Elements(8191, 8192, 8193, 2 * 8192 + 5)))
        from contributions in Gen.Choose(1, 12)
        from depth in Gen.Choose(1, 3)
        from bits in Gen.Choose(0, 20)
        from optimizer in Gen.Elements("none", "momentum", "adagrad", "adam", "yogi")
        from codec in Gen.Elements("float32", "int8")
        from seed in Gen.Choose(1, int.MaxValue)
        select new Case(dimension, contributions, depth, bits, optimizer, codec, seed);

    [Fact]
    public void Step_AnyOrderAndAnyTree_GivesTheSameSha256() => Support.Cases.Hold(20, 300, Cases, @case =>
    {
        var leaves = Leaves(@case);
        var model = Deltas.Uniform(@case.Seed, @case.Dimension, 1f);
        var optimizer = ServerOptimizers.Create(@case.Optimizer, 0.5, 0.9, 0.99, 1e-3);
        var flat = TestFold.Sha256(TestFold.Step(leaves, @case.Grid, model, optimizer));

        var random = new Random(@case.Seed);
        IReadOnlyList<Part> tier = Shuffled(random, leaves);
        for (var depth = 1; depth < @case.Depth; depth++)
        {
            tier = Shuffled(random, RandomGroups(random, tier)
                .Select(group => TestFold.Aggregate(group, @case.Grid)).ToArray());
        }

        Assert.Equal(flat, TestFold.Sha256(TestFold.Step(tier, @case.Grid, model, optimizer)));
    });

    [Fact]
    public void Step_AnyFold_EqualsTheExactReference() => Support.Cases.Hold(21, 150, Cases, @case =>
    {
        var leaves = Leaves(@case);
        var model = Deltas.Uniform(@case.Seed, @case.Dimension, 1f);
        var next = TestFold.Step(leaves, @case.Grid, model, new PlainStep(1));

        var deltas = leaves.Select(leaf => UpdateFiles.Decode(leaf.File)).ToArray();
        var divisor = leaves.Aggregate(BigInteger.Zero, (sum, leaf) => sum + leaf.Weight) << @case.Bits;
        for (var j = 0; j < model.Length; j++)
        {
            var sum = BigInteger.Zero;
            for (var i = 0; i < deltas.Length; i++)
                sum += leaves[i].Weight * Exact.OnGrid(deltas[i][j], @case.Bits);
            var expected = (float)(model[j] + Exact.Divide(sum, divisor));
            Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(next[j]));
        }
    });

    [Fact]
    public void Aggregate_SumsThroughThreeTiers_AreExactNearTheBudget()
    {
        // 2^20 x 2^26 x 8 contributions, and a factor of 2^8 twice: 2^65 would not fit, so bound x 2^f is 2^16 here.
        var grid = new Grid(14, 4f);
        var weight = (1L << 26) - 1;
        var leaves = Enumerable.Range(0, 8).Select(_ => Part.Of(Enumerable.Repeat(4f, 21).ToArray(), weight)).ToArray();
        new AggregationBudget(grid, weight, 8 * 256, 1).Validate();
        var middle = leaves.Chunk(3).Select(group => TestFold.Aggregate(group, grid)).ToArray();
        var top = TestFold.Aggregate(middle, grid);
        var expected = new BigInteger(weight) * 8 * 65_536 * 256 * 256;
        Assert.All(TestFold.Sum([top], grid), sum => Assert.Equal(expected, sum));
    }

    private static Part[] Leaves(Case @case)
    {
        var random = new Random(@case.Seed);
        return Enumerable.Range(0, @case.Contributions)
            .Select(i => Part.Of(
                @case.Codec == "int8"
                    ? Deltas.Uniform(@case.Seed + i, @case.Dimension, 4f)
                    : Deltas.OnGrid(@case.Seed + i, @case.Dimension, @case.Grid),
                random.Next(1, 1 << 18),
                @case.Codec))
            .ToArray();
    }

    private static Part[] Shuffled(Random random, IReadOnlyList<Part> parts)
    {
        var shuffled = parts.ToArray();
        random.Shuffle(shuffled);
        return shuffled;
    }

    private static IEnumerable<IReadOnlyList<Part>> RandomGroups(Random random, IReadOnlyList<Part> parts)
    {
        var groups = random.Next(1, parts.Count + 1);
        return parts.Select((part, i) => (part, Group: i < groups ? i : random.Next(groups)))
            .GroupBy(entry => entry.Group, entry => entry.part)
            .Select(group => group.ToArray());
    }

    private sealed record Case(
        int Dimension, int Contributions, int Depth, int Bits, string Optimizer, string Codec, int Seed)
    {
        public Grid Grid => new(Bits, 4f);
    }
}
