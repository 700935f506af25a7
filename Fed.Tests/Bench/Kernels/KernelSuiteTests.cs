using Fed.Bench.Kernels;
using Fed.Core.Blocks;
using Fed.Core.Codecs;

namespace Fed.Tests.Bench.Kernels;

/// <summary>What is compared does the same.</summary>
public sealed class KernelSuiteTests
{
    private const int Length = BlockFileHeader.StandardBlockLength;
    private const double StepsPerUnit = 1 << 22;

    [Fact]
    public void AddFloat32_EveryWay_IsTheScalarLoopsSums()
    {
        var expected = After(new AddFloat32(), bench => bench.ScalarLoop()).Sums;

        Assert.Equal(expected, After(new AddFloat32(), bench => bench.AccumulateEach()).Sums);
        Assert.Equal(expected, After(new AddFloat32(), bench => bench.AccumulateTogether()).Sums);
        RequireNear(expected, After(new AddFloat32(), bench => bench.TensorPrimitivesAxpy()).FloatSums, updates: 4);
    }

    [Theory]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    [InlineData("int8")]
    [InlineData("int4")]
    [InlineData("sign")]
    public void AddEncoded_EveryWay_IsTheDecodedSums(string codec)
    {
        var expected = After(Prepared(), bench => bench.DecodeThenScalarLoop()).Sums;

        Assert.Contains(expected, sum => sum != 0);
        Assert.Equal(expected, After(Prepared(), bench => bench.DecodeThenAccumulate()).Sums);
        Assert.Equal(expected, After(Prepared(), bench => bench.AccumulateTogether()).Sums);

        AddEncoded Prepared() => After(new AddEncoded { Codec = codec }, bench => bench.Prepare());
    }

    [Theory]
    [InlineData("topk:0.01")]
    [InlineData("ternary:0.01")]
    public void AddSparse_EveryWay_IsTheUnpackedSums(string codec)
    {
        var expected = After(Prepared(), bench => bench.UnpackedPairs()).Sums;

        Assert.Contains(expected, sum => sum != 0);
        Assert.Equal(expected, After(Prepared(), bench => bench.DecodeThenAccumulate()).Sums);
        Assert.Equal(expected, After(Prepared(), bench => bench.AccumulateTogether()).Sums);

        AddSparse Prepared() => After(new AddSparse { Codec = codec }, bench => bench.Prepare());
    }

    [Theory]
    [InlineData("median")]
    [InlineData("trimmed-mean:4")]
    public void ReduceColumns_ByNetwork_IsTheSortedColumns(string rule)
    {
        var expected = After(Prepared(), bench => bench.ArraySort()).Numerators;

        Assert.Contains(expected, numerator => numerator != 0);
        Assert.Equal(expected, After(Prepared(), bench => bench.SortingNetwork()).Numerators);

        ReduceColumns Prepared() => After(new ReduceColumns { Rule = rule }, bench => bench.Prepare());
    }

    [Fact]
    public void ReduceColumns_ByTheMean_IsRefused() => Assert.Contains(
        "'mean'",
        Assert.Throws<InvalidOperationException>(() => new ReduceColumns { Rule = "mean" }.Prepare()).Message,
        StringComparison.Ordinal);

    [Fact]
    public void InnerProducts_EveryWay_AreTheScalarLoops()
    {
        var scalar = After(new InnerProductsOfUpdates(), bench => bench.ScalarLoop());
        var vectors = After(new InnerProductsOfUpdates(), bench => bench.TensorPrimitivesDot());
        var exact = After(new InnerProductsOfUpdates(), bench => bench.ExactTiles()).Complete();

        // Whole numbers below 2^53: exact in double, in any order.
        Assert.Equal(scalar.Products, vectors.Products);
        const int Count = UpdateBlocks.Count;
        for (var i = 0; i < Count; i++)
        {
            for (var j = i; j < Count; j++)
                Assert.Equal((Int128)scalar.Products[i * Count + j], exact[i * Count + j]);
        }
    }

    [Fact]
    public void SquaredNorm_ByTiles_IsTheScalarLoops()
    {
        var scalar = After(new SquaredNormOfUpdate(), bench => bench.ScalarLoop()).Norm;

        Assert.NotEqual(UInt128.Zero, scalar);
        Assert.Equal(scalar, After(new SquaredNormOfUpdate(), bench => bench.ExactTiles()).Norm);
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    [InlineData("int8")]
    [InlineData("int4")]
    [InlineData("sign")]
    [InlineData("topk:0.01")]
    [InlineData("ternary:0.01")]
    public void EncodeBlock_AgainAndAgain_GivesTheSameBlockOfTheSameValues(string codec)
    {
        var bench = new EncodeBlock { Codec = codec };
        bench.Prepare();
        bench.Encode();
        var first = bench.Encoded.ToArray();
        bench.Encode();
        bench.Copy();

        Assert.Equal(first, bench.Encoded);
        Assert.Equal(bench.Values, bench.Copied);
        var decoded = new float[Length];
        BlockCodecs.ByName(codec).Decode(first, decoded);
        var agreeing = bench.Values.ToArray().Zip(decoded).Sum(pair => (double)pair.First * pair.Second);
        Assert.True(agreeing > 0, $"the decoded values point away from the encoded ones: {agreeing}");
    }

    [Fact]
    public void CheckBlock_TheBytesOfItsEntry_Match()
    {
        var bench = new CheckBlock();
        bench.XxHash3();
        bench.Copy();

        Assert.True(bench.Matched);
        Assert.True(bench.Copied);
    }

    [Fact]
    public void FoldBlock_OfTheMean_IsThePlainSum()
    {
        var bench = After(new FoldBlock { Rule = "mean" }, fold => fold.Prepare());
        bench.TensorPrimitivesSum();
        bench.Fold();

        RequireNear(bench.Sums, bench.FloatSums, updates: 20);
    }

    [Fact]
    public void FoldBlock_OfTheMedian_IsTheReducedColumns()
    {
        var fold = After(new FoldBlock { Rule = "median" }, bench => bench.Prepare());
        fold.Fold();
        var columns = After(new ReduceColumns { Rule = "median" }, bench => bench.Prepare());
        columns.ArraySort();

        var weight = Enumerable.Range(0, 20).Sum(update => 25_600 + update);
        Assert.Equal(
            columns.Numerators.Select(twice => (double)twice / 2 * weight).ToArray(),
            fold.Sums.Select(sum => (double)sum).ToArray());
    }

    private static T After<T>(T bench, Action<T> action)
    {
        action(bench);
        return bench;
    }

    /// <summary>Rounding to the grid is half a step of each value's weight at most; float32 sums have 24
    /// bits.</summary>
    private static void RequireNear(long[] sums, float[] floats, int updates)
    {
        const double LargestWeight = 25_700;
        const double LargestValue = 0.05;
        var ofFloats = Math.ScaleB(LargestWeight * LargestValue * updates * StepsPerUnit, -24);
        var rounding = updates * (LargestWeight / 2 + ofFloats);
        for (var i = 0; i < sums.Length; i++)
            Assert.InRange(floats[i] * StepsPerUnit, sums[i] - rounding, sums[i] + rounding);

        Assert.Contains(sums, sum => Math.Abs(sum) > 1_000_000);
    }
}
