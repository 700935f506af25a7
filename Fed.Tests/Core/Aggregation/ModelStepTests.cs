using System.Numerics;
using Fed.Core.Aggregation;
using Fed.Core.Optimizers;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Aggregation;

public sealed class ModelStepTests
{
    [Fact]
    public void Apply_SumsUpTo53Bits_GiveTheNearestDouble()
    {
        var grid = new Grid(10, 4f);
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var weight = random.NextInt64(1, 1L << 43);
            var sum = random.NextInt64(-(1L << 53), 1L << 53);
            Assert.Equal(Exact.Divide(sum, new BigInteger(weight) << 10), MeanOf(sum, weight, grid));
        }
    }

    [Fact]
    public void Apply_SumsBeyond53Bits_AreWithinTwoRoundingsMore()
    {
        var grid = new Grid(10, 4f);
        var random = new Random(2);
        for (var i = 0; i < 2000; i++)
        {
            var weight = random.NextInt64(1L << 50, 1L << 60);
            var sum = random.NextInt64(1L << 55, long.MaxValue);
            var exact = Exact.Divide(sum, new BigInteger(weight) << 10);
            Assert.InRange(Math.Abs(MeanOf(sum, weight, grid) - exact), 0, 2 * (Math.BitIncrement(exact) - exact));
        }
    }

    [Fact]
    public void Apply_BothSidesTimes256_ChangesNothing()
    {
        // The upper tier's factor of a fresh aggregate; it is a power of two, so this holds even beyond 53 bits.
        var grid = new Grid(22, 8f);
        var random = new Random(3);
        for (var i = 0; i < 2000; i++)
        {
            var sum = random.NextInt64(-(1L << 55), 1L << 55);
            var weight = random.NextInt64(1, 1L << 30);
            Assert.Equal(MeanOf(sum, weight, grid), MeanOf(256 * sum, 256 * weight, grid));
        }
    }

    [Fact]
    public void Apply_ShorterLastBlock_TouchesNoMore()
    {
        var parameters = new float[8];
        new ModelStep(new Grid(0, 4f), 2, new PlainStep(1), 8192).Apply([2, 4, 6], parameters.AsSpan(0, 3), [], []);
        Assert.Equal([1f, 2f, 3f, 0f, 0f, 0f, 0f, 0f], parameters);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Constructor_NoWeight_IsRefused(long weight) => Assert.Throws<ArgumentOutOfRangeException>(
        () => new ModelStep(new Grid(0, 4f), weight, new PlainStep(1), 8192));

    private static double MeanOf(long sum, long weight, Grid grid)
    {
        var seen = new SeenMean();
        new ModelStep(grid, weight, seen, 1).Apply([sum], new float[1], [], []);
        return seen.Mean;
    }

    /// <summary>Keeps the mean as it was, before the float32 of a model hides its last bits.</summary>
    private sealed class SeenMean : IServerOptimizer
    {
        public double Mean { get; private set; }

        public int Moments => 0;

        public float InitialSecondMoment => 0;

        public void Step(ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second) =>
            Mean = mean[0];
    }
}
