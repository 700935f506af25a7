using System.Numerics;
using Fed.Core.Aggregation;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Aggregation;

public sealed class GridTests
{
    [Theory]
    [InlineData(0, 1024f)]
    [InlineData(10, 3.7f)]
    [InlineData(22, 8f)]
    [InlineData(30, 1f)]
    public void Accumulate_AnyLength_EqualsExactRounding(int bits, float bound)
    {
        var grid = new Grid(bits, bound);
        for (var length = 0; length <= 40; length++)
        {
            var values = Deltas.OnGrid(seed: 31 * bits + length, length, grid);
            var sums = new long[length];
            grid.Accumulate(values, factor: 12_345, sums);
            for (var i = 0; i < length; i++)
                Assert.Equal(12_345 * Exact.OnGrid(values[i], bits), (BigInteger)sums[i]);
        }
    }

    [Fact]
    public void Accumulate_LongVectors_EqualDecimalRounding()
    {
        // k / 4096 is exact in float32 and in System.Decimal: a second, unrelated rounding.
        var random = new Random(5);
        var counts = new int[8192];
        for (var i = 0; i < counts.Length; i++)
            counts[i] = random.Next(-(1 << 22), 1 << 22);
        var sums = new long[counts.Length];
        new Grid(8, 1024f).Accumulate(Array.ConvertAll(counts, k => k / 4096f), factor: 1, sums);
        Assert.Equal(counts.Select(k => (long)decimal.Round(k * 256m / 4096m, MidpointRounding.ToEven)), sums);
    }

    [Theory]
    [InlineData(0.5f, 0)]
    [InlineData(1.5f, 2)]
    [InlineData(2.5f, 2)]
    [InlineData(-0.5f, 0)]
    [InlineData(-1.5f, -2)]
    [InlineData(-2.5f, -2)]
    public void Accumulate_Ties_GoToEven(float value, long expected)
    {
        var sums = new long[11];
        new Grid(0, 4f).Accumulate(Enumerable.Repeat(value, 11).ToArray(), factor: 1, sums);
        Assert.All(sums, sum => Assert.Equal(expected, sum));
    }

    [Fact]
    public void Accumulate_VectorPath_EqualsScalarPath()
    {
        var grid = new Grid(22, 8f);
        var values = Deltas.OnGrid(seed: 3, 1000, grid);
        var together = new long[values.Length];
        var oneByOne = new long[values.Length];
        foreach (var weight in new long[] { 0, 1, 256, int.MaxValue })
        {
            grid.Accumulate(values, weight, together);
            // A single value never fills a vector.
            for (var i = 0; i < values.Length; i++)
                grid.Accumulate(values.AsSpan(i, 1), weight, oneByOne.AsSpan(i, 1));
        }

        Assert.Equal(oneByOne, together);
    }

    [Fact]
    public void Accumulate_LargestWeightAndMagnitude_IsExact()
    {
        var grid = new Grid(30, 1f);
        var sums = new long[19];
        grid.Accumulate(Enumerable.Repeat(-1f, 19).ToArray(), int.MaxValue, sums);
        Assert.All(sums, sum => Assert.Equal(-(1L << 30) * int.MaxValue, sum));
    }

    [Fact]
    public void Accumulate_AddsToWhatIsThere()
    {
        var sums = Enumerable.Range(0, 13).Select(i => (long)i << 40).ToArray();
        new Grid(1, 4f).Accumulate(Enumerable.Repeat(1.5f, 13).ToArray(), factor: 2, sums);
        Assert.Equal(Enumerable.Range(0, 13).Select(i => ((long)i << 40) + 6), sums);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1L << 31)]
    public void Accumulate_WeightBeyond31Bits_IsRefused(long weight) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Grid(1, 4f).Accumulate(new float[4], weight, new long[4]));

    [Fact]
    public void Accumulate_OtherLength_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Grid(1, 4f).Accumulate(new float[4], 1, new long[5]));
}
